import { openingQuote, unquote } from './cells.ts';
import type { TextCodec } from './text-codec.ts';

/**
 * The characters that make a spreadsheet run a cell as a formula when a CSV is opened (OWASP ASVS 5.0, 1.2.10; OWASP
 * "CSV Injection"): also after white space, and in the full-width forms that East Asian editions take.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: TAB, CR, LF and NUL at the beginning are part of the attack
const FORMULA = /^(?:[\u0000\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;

/** The text with an apostrophe in front if it is a formula: spreadsheets then show it instead of running it. */
export const guardFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** Would a spreadsheet run this raw cell? Nearly every cell begins with a letter or digit and takes one look. */
export const isFormulaCell = (cell: string, codec: TextCodec): boolean => {
  const first = cell.charCodeAt(0);
  if ((first >= 48 && first <= 57) || (first >= 65 && first <= 90) || (first >= 97 && first <= 122)) return false;
  return cell !== '' && FORMULA.test(codec.decode(unquote(cell)));
};

/** The raw cell with the apostrophe, inside its quotes if it has some. */
export const guardFormulaCell = (cell: string, codec: TextCodec): string => {
  if (!isFormulaCell(cell, codec)) return cell;
  const inside = openingQuote(cell, 0) + 1;
  return `${cell.slice(0, inside)}'${cell.slice(inside)}`;
};
