import { AppError } from '../core/errors.ts';
import { isBlank } from './cells.ts';
import { detectEncoding } from './detect-encoding.ts';
import { DELIMITERS, type Delimiter, type Dialect, type Newline } from './dialect.ts';
import { guessLayout, type Layout, likeliest, missingColumns } from './guess-layout.ts';
import { type CatalogueLimits, DEFAULT_LIMITS } from './limits.ts';
import { readStart } from './read-bytes.ts';
import { type RawRecord, RecordScanner } from './record-scanner.ts';
import { refuseBinaryText } from './refuse-binary.ts';
import { bomOf, CODECS } from './text-codec.ts';

/** Records looked at; the score does not get better with more. */
const SAMPLE_RECORDS = 200;
const SEP_LINE = /^"?sep=([,;\t|])"?(?=[\r\n]|$)/i;

/**
 * Finds out how a catalogue file is written, from its first 128 kB (so that any first line within the limits is whole);
 * only for the question UTF-8 or not is the rest of the file looked at.
 * @throws AppError `empty_file`, `not_a_csv`, `missing_columns`, `file_too_large`, `unreadable_input`; also
 * `too_many_columns`, `line_too_long`, `unclosed_quote` when the first line cannot be read.
 */
export const detectDialect = async (
  path: string,
  limits: CatalogueLimits = DEFAULT_LIMITS,
  signal?: AbortSignal,
): Promise<Dialect> => {
  const { start, size } = await readStart(path, 2 * limits.maxLineBytes);
  if (size > limits.maxBytes) throw tooLarge(limits);
  const { encoding, bom } = await detectEncoding(path, start, size, signal);
  const codec = CODECS[encoding];
  const body = start.subarray(bom ? bomOf(encoding).length : 0);
  const raw = codec.read(body.subarray(0, body.length - (body.length % codec.unit)));
  refuseBinaryText(raw);
  const complete = start.length === size;
  if (raw.trim() === '') throw empty(raw, complete);

  const newline = usualNewline(raw);
  const sep = SEP_LINE.exec(raw)?.[1];
  const candidates = DELIMITERS.filter((delimiter) => sep === undefined || delimiter === sep);
  const sample = (delimiter: Delimiter): RawRecord[] => {
    const scanner = new RecordScanner({ delimiter, newline, limits, unit: codec.unit });
    const records = [...scanner.push(raw), ...(complete ? scanner.end() : [])];
    const table = records
      .slice(sep === undefined ? 0 : 1)
      .filter((record) => record.fault !== null || !isBlank(record.text, delimiter));
    return table.slice(0, SAMPLE_RECORDS);
  };
  const layout = likeliest(
    candidates.flatMap((delimiter) => layoutOf(sample(delimiter), delimiter, limits, codec.decode)),
  );
  if (layout === undefined) throw unreadableHeader(sample(candidates[0] ?? ','), limits);
  if (layout.width > limits.maxColumns) {
    throw new AppError('too_many_columns', { detail: `The first line has more than ${limits.maxColumns} columns.` });
  }
  if (layout.columns === null) throw missingColumns(layout);
  const { delimiter, hasHeader, header, columns, width, quotesAll } = layout;
  return {
    encoding,
    bom,
    delimiter,
    newline,
    sepLine: sep !== undefined,
    hasHeader,
    quotesAll,
    width,
    header,
    columns,
  };
};

/** The layout by one delimiter, or none if the first record cannot be read with it. */
const layoutOf = (
  records: readonly RawRecord[],
  delimiter: Delimiter,
  limits: CatalogueLimits,
  decode: (raw: string) => string,
): Layout[] => {
  const readable = records.filter((record) => record.fault === null);
  return readable[0] === undefined || readable[0] !== records[0]
    ? []
    : [guessLayout(readable, delimiter, limits.maxColumns, decode)];
};

const empty = (raw: string, complete: boolean): AppError => {
  if (raw === '') return new AppError('empty_file');
  const where = complete ? 'The file holds' : 'The file begins with';
  return new AppError('empty_file', { detail: `${where} nothing but empty lines.` });
};

const unreadableHeader = ([first]: readonly RawRecord[], limits: CatalogueLimits): AppError => {
  const code = first?.fault?.code ?? 'unclosed_quote';
  const line = first?.fault?.line ?? 1;
  return code === 'line_too_long'
    ? new AppError(code, { detail: `Line ${line} is longer than ${limits.maxLineBytes} bytes.` })
    : new AppError(code, { detail: `The column names cannot be read: see the quotes on line ${line}.` });
};

const tooLarge = (limits: CatalogueLimits): AppError =>
  new AppError('file_too_large', { detail: `The file is larger than ${Math.floor(limits.maxBytes / 1e6)} MB.` });

/**
 * The line end that is used most outside of quotes. Carriage returns alone count only where they outnumber line feeds:
 * they also occur, rarely, inside the cells of other files.
 */
const usualNewline = (raw: string): Newline => {
  const counts: Record<Newline, number> = { '\n': 0, '\r\n': 0, '\r': 0 };
  for (const [newline] of raw.replace(/"[^"]*"/g, '').matchAll(/\r\n|\r|\n/g)) {
    if (newline === '\n' || newline === '\r\n' || newline === '\r') counts[newline]++;
  }
  if (counts['\r'] > counts['\n'] + counts['\r\n']) return '\r';
  return counts['\r\n'] > counts['\n'] ? '\r\n' : '\n';
};
