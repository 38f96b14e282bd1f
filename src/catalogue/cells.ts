import type { Delimiter } from './dialect.ts';

const QUOTE = 34;
const SPACE = 32;

/** Where the spaces that start at `from` end. */
const skipSpaces = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
};

/** Where the quoted text opened at `open` ends: the place after its closing quote, or -1 when it is never closed. */
export const afterQuoted = (text: string, open: number): number => {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at === -1 ? -1 : at + 1;
};

/** Where the quote stands that opens the cell starting at `from` (spaces may precede it), or -1. */
export const openingQuote = (text: string, from: number): number => {
  const at = skipSpaces(text, from);
  return text.charCodeAt(at) === QUOTE ? at : -1;
};

/**
 * Cuts one record (no line end) into its raw cells, quotes and all; joined with the delimiter they are the record again.
 * With `max`, cutting stops after so many cells and the rest of the record is not looked at.
 * A quote counts only at the beginning of a cell, spaces aside: `7" pipe` is text.
 */
export const splitCells = (text: string, delimiter: Delimiter, max = Number.POSITIVE_INFINITY): string[] => {
  if (!text.includes('"')) return max < text.length ? text.split(delimiter, max) : text.split(delimiter);
  const cells: string[] = [];
  let start = 0;
  while (cells.length < max) {
    const open = openingQuote(text, start);
    const closed = open === -1 ? start : afterQuoted(text, open);
    const end = closed === -1 ? -1 : text.indexOf(delimiter, closed);
    if (end === -1) {
      cells.push(text.slice(start));
      break;
    }
    cells.push(text.slice(start, end));
    start = end + 1;
  }
  return cells;
};

/** The text a raw cell stands for: without its quotes, doubled quotes made single. */
export const unquote = (cell: string): string => {
  if (!cell.includes('"')) return cell;
  const open = openingQuote(cell, 0);
  if (open === -1) return cell;
  const end = afterQuoted(cell, open);
  if (end === -1 || skipSpaces(cell, end) !== cell.length) return cell;
  const inside = cell.slice(open + 1, end - 1);
  return inside.includes('"') ? inside.replaceAll('""', '"') : inside;
};

/** A raw cell for `text`, in quotes where RFC 4180 needs them (and for spaces at its ends), or always. */
export const quoteCell = (text: string, delimiter: Delimiter, always: boolean): string => {
  const needed = always || text.includes(delimiter) || /["\r\n]|^ | $/.test(text);
  return needed ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Are all cells of a record empty, quotes and white space aside? Excel leaves records such as `,,,` behind. */
export const isBlank = (text: string, delimiter: Delimiter): boolean => {
  const separator = delimiter.charCodeAt(0);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return splitCells(text, delimiter).every((cell) => unquote(cell).trim() === '');
    if (code !== separator && code !== SPACE && code !== 9 && code !== 13) return false;
  }
  return true;
};
