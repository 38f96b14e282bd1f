import { quoteCell, splitCells } from '../catalogue/cells.ts';
import type { Dialect } from '../catalogue/dialect.ts';
import { addressText } from '../catalogue/read-row.ts';

/** What is known of a record's cells; `cellCount` is undefined where nobody counted. */
export interface RecordShape {
  readonly cellCount?: number;
  readonly spilled?: number;
}

/** Where our cell goes: into a column the file has, or behind its last column. */
export type Place = number | 'behind';

/**
 * A record of the user's file with our cell in it; raw text, no line end. Everything else stays as it is, byte for byte,
 * with three exceptions: a record that is too short is filled up so that our cell stands below its name, a list that had
 * spilled over the columns is put together in quotes for the same reason, and the `Halve Error` column is left out.
 * @param cell raw; null leaves the cell that is there
 */
export const rewriteRecord = (
  text: string,
  { cellCount, spilled = 0 }: RecordShape,
  dialect: Dialect,
  place: Place,
  cell: string | null,
): string => {
  const { columns, delimiter, quotesAll, width } = dialect;
  if (place === 'behind' && columns.error === null && spilled === 0 && cellCount === width) {
    return text + delimiter + (cell ?? '');
  }
  const cells = splitCells(text, delimiter);
  if (spilled > 0) {
    const list = quoteCell(addressText(cells, spilled, dialect), delimiter, quotesAll);
    cells.splice(columns.inputUrls, 1 + spilled, list);
  }
  while (cells.length < width) cells.push(quoteCell('', delimiter, quotesAll));
  // Cells behind the header's last column stay behind ours.
  if (place === 'behind') cells.splice(width, 0, cell ?? '');
  else if (cell !== null) cells[place] = cell;
  if (columns.error !== null) cells.splice(columns.error, 1);
  return cells.join(delimiter);
};
