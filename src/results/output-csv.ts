import type { CatalogueLine, CatalogueRow } from '../catalogue/catalogue-row.ts';
import { quoteCell } from '../catalogue/cells.ts';
import { type Dialect, OUTPUT_COLUMN } from '../catalogue/dialect.ts';
import type { CatalogueLimits } from '../catalogue/limits.ts';
import { readLines } from '../catalogue/read-rows.ts';
import { bomOf, CODECS } from '../catalogue/text-codec.ts';
import { outputCell } from './output-cell.ts';
import { refuseFatal } from './refuse-fatal.ts';
import { type Place, rewriteRecord } from './rewrite-record.ts';
import { RowCursor } from './row-cursor.ts';

/** The output addresses of one product: one entry for each of its `urls`, in order, null where the image failed. */
export interface RowOutputs {
  readonly row: number;
  readonly outputs: readonly (string | null)[];
}

/**
 * The user's own file with the column `Output Image Urls`: same encoding, delimiter, quotes, line ends, cells and rows
 * (blank and faulty ones too, with nothing in our cell). Taking the column out again gives the file that came in, byte
 * for byte, except where `rewriteRecord` says so. Streamed: the same memory for any size.
 * @param path the file as it was uploaded, `dialect` and `limits` as when it was read
 * @param outputs in the order of the rows; rows without an entry get empty places
 * @throws AppError as `readRows`
 */
export async function* outputCsv(
  path: string,
  dialect: Dialect,
  limits: CatalogueLimits,
  outputs: AsyncIterable<RowOutputs>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { write, encode } = CODECS[dialect.encoding];
  const place: Place = dialect.columns.outputUrls ?? 'behind';
  const cursor = new RowCursor(outputs);
  const quote = (text: string): string => quoteCell(encode(text), dialect.delimiter, dialect.quotesAll);

  const cellOf = async (line: CatalogueRow): Promise<string> =>
    line.kind === 'product' ? outputCell(line.slots, (await cursor.take(line.row))?.outputs ?? []) : '';

  const textOf = async (line: CatalogueLine): Promise<string> => {
    const { text } = line.record;
    if (line.kind === 'preamble') return text;
    if (line.kind === 'header') {
      return rewriteRecord(text, {}, dialect, place, place === 'behind' ? quote(OUTPUT_COLUMN) : null);
    }
    if (line.kind === 'blank' && !text.includes(dialect.delimiter)) return text;
    if (line.kind === 'faulty') refuseFatal(line);
    return rewriteRecord(text, line.kind === 'blank' ? {} : line, dialect, place, quote(await cellOf(line)));
  };

  try {
    if (dialect.bom) yield bomOf(dialect.encoding);
    for await (const lines of readLines(path, dialect, limits, signal)) {
      let text = '';
      for (const line of lines) text += (await textOf(line)) + line.record.lineEnd;
      if (text !== '') yield write(text);
    }
  } finally {
    await cursor.close();
  }
}
