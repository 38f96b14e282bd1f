import type { CatalogueRow } from './catalogue-row.ts';
import { isBlank, splitCells, unquote } from './cells.ts';
import type { Dialect } from './dialect.ts';
import { isFormulaCell } from './formula-cell.ts';
import type { CatalogueLimits } from './limits.ts';
import type { RawRecord } from './record-scanner.ts';
import { ambiguousFault, slotFaults, structuralFaults } from './row-faults.ts';
import { spilledCells } from './spilled-list.ts';
import { splitUrls } from './split-urls.ts';
import { CODECS, type TextCodec } from './text-codec.ts';

/** Reads one record of the table's body. `row`: its number, from 1. */
export const readRow = (record: RawRecord, row: number, dialect: Dialect, limits: CatalogueLimits): CatalogueRow => {
  const { columns, delimiter } = dialect;
  const { text, line } = record;
  if (record.fault === null && isBlank(text, delimiter)) return { kind: 'blank', row, line, record };
  const codec = CODECS[dialect.encoding];
  const cells = splitCells(text, delimiter, limits.maxColumns + 1);
  const cellCount = cells.length;
  const filled = {
    row,
    line,
    record,
    cellCount,
    serialNumber: readCell(cells, columns.serialNumber, codec),
    productName: readCell(cells, columns.productName, codec),
    hasFormula: cells.some((cell) => isFormulaCell(cell, codec)),
  };
  const context = { row, record, cellCount, dialect, limits };
  const broken = structuralFaults(context);
  if (broken.length > 0) {
    return { kind: 'faulty', ...filled, spilled: 0, faults: broken, fatal: record.fault?.fatal === true };
  }
  const spilled = cellCount > dialect.width ? countSpilled(cells, dialect) : 0;
  if (spilled === 'ambiguous') {
    return { kind: 'faulty', ...filled, spilled: 0, faults: [ambiguousFault(context)], fatal: false };
  }
  const slots = splitUrls(codec.decode(addressText(cells, spilled, dialect)));
  const faults = slotFaults(slots, context);
  if (faults.length > 0) return { kind: 'faulty', ...filled, spilled, faults, fatal: false };
  const urls = slots.includes('') ? slots.filter((slot) => slot !== '') : slots;
  return { kind: 'product', ...filled, spilled, urls, slots };
};

/** The raw text of the address cell, put together again where the delimiter cut it. */
export const addressText = (cells: readonly string[], spilled: number, { columns, delimiter }: Dialect): string => {
  const { inputUrls } = columns;
  if (spilled === 0) return unquote(cells[inputUrls] ?? '');
  return cells
    .slice(inputUrls, inputUrls + 1 + spilled)
    .map(unquote)
    .join(delimiter);
};

const readCell = (cells: readonly string[], column: number, codec: TextCodec): string =>
  codec.decode(unquote(cells[column] ?? '')).trim();

const countSpilled = (cells: readonly string[], { columns, width }: Dialect): number | 'ambiguous' =>
  spilledCells({ cells: cells.map(unquote), urlColumn: columns.inputUrls, width });
