import type { CatalogueLine, FaultyRow, ProductRow } from '../catalogue/catalogue-row.ts';
import { quoteCell } from '../catalogue/cells.ts';
import { type Dialect, ERROR_COLUMN, POSITIONAL_NAMES } from '../catalogue/dialect.ts';
import type { CatalogueLimits } from '../catalogue/limits.ts';
import { readLines } from '../catalogue/read-rows.ts';
import { bomOf, CODECS } from '../catalogue/text-codec.ts';
import { refuseFatal } from './refuse-fatal.ts';
import { rewriteRecord } from './rewrite-record.ts';
import { RowCursor } from './row-cursor.ts';

/** One image that failed. */
export interface ImageFailure {
  /** Number, from 1, among the row's addresses. */
  readonly n: number;
  readonly url: string;
  readonly code: string;
  readonly message: string;
}

export interface RowFailures {
  readonly row: number;
  readonly failures: readonly ImageFailure[];
}

/** The cell must not push a row over the limit for a line when the corrected file comes back; the report has all. */
const MAX_LISTED = 5;
const MAX_URL_SHOWN = 120;

/**
 * The rows that need somebody, as they stand in the user's file, with a last column `Halve Error` that says why: rows
 * with failed images and faulty rows, in order. Corrected, the file can be uploaded as it is; the column is recognised.
 * A file without column names gets some here, or the new column could not be.
 * @param failures in the order of the rows
 * @throws AppError as `readRows`
 */
export async function* errorsCsv(
  path: string,
  dialect: Dialect,
  limits: CatalogueLimits,
  failures: AsyncIterable<RowFailures>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { write, encode } = CODECS[dialect.encoding];
  const { delimiter, newline, quotesAll } = dialect;
  const cursor = new RowCursor(failures);
  const quote = (text: string): string => quoteCell(encode(text), delimiter, quotesAll);

  const textOf = async (line: CatalogueLine): Promise<string> => {
    const { text, lineEnd } = line.record;
    const end = lineEnd === '' ? newline : lineEnd;
    if (line.kind === 'preamble') return text + end;
    if (line.kind === 'header') return rewriteRecord(text, {}, dialect, 'behind', quote(ERROR_COLUMN)) + end;
    if (line.kind === 'blank') return '';
    const reason = line.kind === 'faulty' ? faultText(line) : failureText(line, await cursor.take(line.row));
    return reason === '' ? '' : rewriteRecord(text, line, dialect, 'behind', quote(reason)) + end;
  };

  try {
    if (dialect.bom) yield bomOf(dialect.encoding);
    if (!dialect.hasHeader) yield write([...POSITIONAL_NAMES, ERROR_COLUMN].map(quote).join(delimiter) + newline);
    for await (const lines of readLines(path, dialect, limits, signal)) {
      let text = '';
      for (const line of lines) text += await textOf(line);
      if (text !== '') yield write(text);
    }
  } finally {
    await cursor.close();
  }
}

const faultText = (line: FaultyRow): string => {
  refuseFatal(line);
  return listed(line.faults.map(({ detail, code }) => `${detail} (${code})`));
};

const failureText = ({ slots }: ProductRow, found: RowFailures | undefined): string => {
  if (found === undefined) return '';
  const places = slots.flatMap((slot, index) => (slot === '' ? [] : [index + 1]));
  const texts = found.failures.map(({ n, url, code, message }) => {
    const address = url.length > MAX_URL_SHOWN ? `${url.slice(0, MAX_URL_SHOWN)}…` : url;
    const name = slots.length === 1 ? address : `Image ${places[n - 1] ?? n} of ${slots.length}, ${address}`;
    return `${name}: ${message} (${code})`;
  });
  return listed(texts);
};

const listed = (texts: readonly string[]): string => {
  const more = texts.length - MAX_LISTED;
  const shown = more > 0 ? [...texts.slice(0, MAX_LISTED), `and ${more} more`] : texts;
  // One line: some tools read cells with line breaks wrongly.
  return shown.join(' | ').replace(/\s+/g, ' ');
};
