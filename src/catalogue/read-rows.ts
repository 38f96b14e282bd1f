import { AppError } from '../core/errors.ts';
import type { CatalogueLine, CatalogueRow } from './catalogue-row.ts';
import { isBlank } from './cells.ts';
import type { Dialect } from './dialect.ts';
import { type CatalogueLimits, DEFAULT_LIMITS } from './limits.ts';
import { rawText, readBytes } from './read-bytes.ts';
import { readRow } from './read-row.ts';
import { type RawRecord, RecordScanner } from './record-scanner.ts';
import { CODECS } from './text-codec.ts';

/**
 * The rows of a catalogue file in order, in batches of at most a thousand. Memory stays the same at any size of the file.
 * After a row with a fatal fault the reading ends.
 * @throws AppError `file_too_large` (more than `maxRows`), `unreadable_input`; the signal's reason when aborted.
 */
export async function* readRows(
  path: string,
  dialect: Dialect,
  limits: CatalogueLimits = DEFAULT_LIMITS,
  signal?: AbortSignal,
): AsyncGenerator<CatalogueRow[], void, void> {
  for await (const lines of readLines(path, dialect, limits, signal)) {
    const rows = lines.filter((line): line is CatalogueRow => line.kind !== 'header' && line.kind !== 'preamble');
    if (rows.length > 0) yield rows;
  }
}

/** As {@link readRows}, with what stands before the rows: together the lines are the whole file. */
export async function* readLines(
  path: string,
  dialect: Dialect,
  limits: CatalogueLimits = DEFAULT_LIMITS,
  signal?: AbortSignal,
): AsyncGenerator<CatalogueLine[], void, void> {
  const { delimiter, newline } = dialect;
  const scanner = new RecordScanner({ delimiter, newline, limits, unit: CODECS[dialect.encoding].unit });
  const table = new TableReader(dialect, limits);
  for await (const text of rawText(readBytes(path, signal), dialect)) {
    yield* table.readAll(scanner.push(text));
    if (scanner.ended) return;
  }
  yield* table.readAll(scanner.end());
}

/** A piece of a file can hold 100,000 tiny rows; in small batches their garbage does not pile up. */
const BATCH_ROWS = 1_000;

/** Tells head from body and numbers the rows. */
class TableReader {
  readonly #dialect: Dialect;
  readonly #limits: CatalogueLimits;
  #sepLine: boolean;
  #header: boolean;
  #row = 0;
  #records = 0;

  constructor(dialect: Dialect, limits: CatalogueLimits) {
    this.#dialect = dialect;
    this.#limits = limits;
    this.#sepLine = dialect.sepLine;
    this.#header = dialect.hasHeader;
  }

  /** In batches. */
  *readAll(records: readonly RawRecord[]): Generator<CatalogueLine[], void, void> {
    for (let start = 0; start < records.length; start += BATCH_ROWS) {
      yield records.slice(start, start + BATCH_ROWS).map((record) => this.#read(record));
    }
  }

  #read(record: RawRecord): CatalogueLine {
    if (this.#sepLine) {
      this.#sepLine = false;
      return { kind: 'preamble', record };
    }
    if (this.#header) {
      if (isBlank(record.text, this.#dialect.delimiter)) return { kind: 'preamble', record };
      this.#header = false;
      return { kind: 'header', record };
    }
    if (record.text !== '' && ++this.#records > this.#limits.maxRows) {
      throw new AppError('file_too_large', { detail: `The file has more than ${this.#limits.maxRows} rows.` });
    }
    const row = this.#row + 1;
    this.#row += record.count;
    return readRow(record, row, this.#dialect, this.#limits);
  }
}
