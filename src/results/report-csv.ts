import { quoteCell } from '../catalogue/cells.ts';
import type { Dialect } from '../catalogue/dialect.ts';
import { guardFormula } from '../catalogue/formula-cell.ts';
import { bomOf, CODECS } from '../catalogue/text-codec.ts';

/** The receipt of one image with its product, named as in the database. */
export interface ReportRow {
  readonly row: number;
  readonly n: number;
  readonly serial_number: string;
  readonly product_name: string;
  readonly url: string;
  readonly output_url: string | null;
  readonly state: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly bytes_in: number | null;
  readonly bytes_out: number | null;
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly quality: number | null;
  readonly score: number | null;
  readonly encodes: number | null;
  readonly engine: string | null;
  readonly tries: number;
}

type Value = string | number | null;

/** The columns, in order. */
const COLUMNS: readonly (readonly [name: string, value: (row: ReportRow) => Value])[] = [
  ['Row', (row) => row.row],
  ['Serial Number', (row) => row.serial_number],
  ['Product Name', (row) => row.product_name],
  ['Image', (row) => row.n],
  ['Input Image Url', (row) => row.url],
  ['Output Image Url', (row) => row.output_url],
  ['State', (row) => row.state],
  ['Outcome', (row) => row.outcome],
  ['Code', (row) => row.code],
  ['Message', (row) => row.message],
  ['Bytes In', (row) => row.bytes_in],
  ['Bytes Out', (row) => row.bytes_out],
  ['Saved Percent', savedPercent],
  ['Format', (row) => row.format],
  ['Width', (row) => row.width],
  ['Height', (row) => row.height],
  ['Quality', (row) => row.quality],
  ['Score', (row) => row.score],
  ['Encodes', (row) => row.encodes],
  ['Engine', (row) => row.engine],
  ['Attempts', (row) => row.tries],
];

function savedPercent({ bytes_in: before, bytes_out: after }: ReportRow): Value {
  return before === null || after === null || before === 0 ? null : Math.round(1000 * (1 - after / before)) / 10;
}

/** About 100 kB of text at a time. */
const ROWS_AT_A_TIME = 500;

/**
 * The report: one line an image with the whole receipt, in the delimiter and encoding of the user's file. It is ours, not
 * the user's file, so cells that a spreadsheet would run as formulas are always guarded.
 */
export async function* reportCsv(
  dialect: Dialect,
  receipts: AsyncIterable<ReportRow>,
): AsyncGenerator<Uint8Array, void, void> {
  const { delimiter, newline } = dialect;
  const { write, encode } = CODECS[dialect.encoding];
  const line = (values: readonly Value[]): string =>
    values.map((value) => quoteCell(encode(textOf(value)), delimiter, false)).join(delimiter) + newline;
  if (dialect.bom) yield bomOf(dialect.encoding);
  let text = line(COLUMNS.map(([name]) => name));
  let rows = 0;
  for await (const receipt of receipts) {
    text += line(COLUMNS.map(([, value]) => value(receipt)));
    rows++;
    if (rows % ROWS_AT_A_TIME !== 0) continue;
    yield write(text);
    text = '';
  }
  if (text !== '') yield write(text);
}

/** Numbers are ours and never formulas, not even `-3.5`. */
const textOf = (value: Value): string => (typeof value === 'string' ? guardFormula(value) : String(value ?? ''));
