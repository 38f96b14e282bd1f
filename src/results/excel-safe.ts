import { splitCells } from '../catalogue/cells.ts';
import type { Dialect } from '../catalogue/dialect.ts';
import { guardFormulaCell } from '../catalogue/formula-cell.ts';
import { rawText } from '../catalogue/read-bytes.ts';
import { type RawRecord, RecordScanner } from '../catalogue/record-scanner.ts';
import { bomOf, CODECS } from '../catalogue/text-codec.ts';
import { AppError } from '../core/errors.ts';

/** The files read here are ours: valid, and lines with our column may be longer than uploaded ones. */
const NO_LIMITS = { maxLineBytes: Number.POSITIVE_INFINITY, maxRecordBytes: Number.POSITIVE_INFINITY };

/**
 * A result file for spreadsheets (`?excel_safe=1`): every cell that one would run as a formula gets an apostrophe in
 * front; all other bytes stay. The apostrophes change the user's cells, which is why this is not the default: the file as
 * it is stays the one to import elsewhere.
 */
export async function* excelSafe(
  dialect: Dialect,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const { delimiter, newline } = dialect;
  const codec = CODECS[dialect.encoding];
  const scanner = new RecordScanner({ delimiter, newline, limits: NO_LIMITS, unit: codec.unit });
  let isSepLine = dialect.sepLine;
  const guard = (record: RawRecord): string => {
    if (record.fault?.fatal === true) throw new AppError('unclosed_quote');
    const cells = isSepLine ? [record.text] : splitCells(record.text, delimiter);
    if (!isSepLine) for (const [index, cell] of cells.entries()) cells[index] = guardFormulaCell(cell, codec);
    isSepLine = false;
    return cells.join(delimiter) + record.lineEnd;
  };
  if (dialect.bom) yield bomOf(dialect.encoding);
  for await (const text of rawText(bytes, dialect)) {
    const guarded = scanner.push(text).map(guard).join('');
    if (guarded !== '') yield codec.write(guarded);
  }
  const rest = scanner.end().map(guard).join('');
  if (rest !== '') yield codec.write(rest);
}
