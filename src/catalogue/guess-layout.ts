import { AppError } from '../core/errors.ts';
import { splitCells, unquote } from './cells.ts';
import { type ColumnRoles, completeColumns, findColumns } from './column-roles.ts';
import type { Columns, Delimiter } from './dialect.ts';
import type { RawRecord } from './record-scanner.ts';

/** How the first records read if a certain delimiter is assumed, and how likely that makes it. */
export interface Layout {
  readonly delimiter: Delimiter;
  readonly hasHeader: boolean;
  readonly header: readonly string[];
  /** Null while required columns are missing. */
  readonly columns: Columns | null;
  readonly missing: readonly string[];
  readonly width: number;
  readonly quotesAll: boolean;
  /** Compared from the front: the first number that differs decides. */
  readonly score: readonly number[];
}

const BEGINS_WITH_URL = /^\s*https?:\/\//i;
const HOLDS_URL = /https?:\/\//i;
const POSITIONAL: Columns = { serialNumber: 0, productName: 1, inputUrls: 2, outputUrls: null, error: null };

/**
 * Reads a sample with one delimiter and scores the result: known column names far above a constant number of cells, that
 * above cells that look like addresses (a semicolon file whose image cells hold commas must not be taken for a comma
 * file: mholt/PapaParse #600). Counting characters plays no part.
 * @param records not empty, the first is the header if there is one
 */
export const guessLayout = (
  records: readonly RawRecord[],
  delimiter: Delimiter,
  maxColumns: number,
  decode: (raw: string) => string,
): Layout => {
  const rows = records.map((record) => splitCells(record.text, delimiter, maxColumns + 1));
  const first = (rows[0] ?? []).map((cell) => decode(unquote(cell)).trim());
  const roles = findColumns(first);
  const named = completeColumns(roles);
  const columns = named ?? (isPositional(first) ? POSITIONAL : null);
  const hasHeader = columns === null || named !== null;
  const width = hasHeader ? first.length : 3;
  const body = hasHeader ? rows.slice(1) : rows;
  const urlColumn = columns?.inputUrls ?? -1;
  return {
    delimiter,
    hasHeader,
    header: hasHeader ? first : [],
    columns,
    missing: roles.missing,
    width,
    quotesAll: rows.every((cells) => cells.every((cell) => cell.startsWith('"'))),
    score: [
      named === null ? 0 : 1,
      columns === null ? 0 : 1,
      found(roles),
      roles.exact,
      // With columns missing only the error message is at stake: the one that cuts the first line most says most.
      columns === null ? first.length : share(body, (cells) => cells.length === width),
      share(body, (cells) => BEGINS_WITH_URL.test(unquote(cells[urlColumn] ?? ''))),
    ],
  };
};

const found = ({ columns }: ColumnRoles): number => Object.values(columns).filter((column) => column !== null).length;

const share = <T>(items: readonly T[], test: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(test).length / items.length;

/** Three columns with addresses in the third; further cells can only be more of that list. */
const isPositional = (cells: readonly string[]): boolean =>
  cells.length >= 3 &&
  !cells.slice(0, 2).some((cell) => HOLDS_URL.test(cell)) &&
  BEGINS_WITH_URL.test(cells[2] ?? '') &&
  cells.slice(3).every((cell) => cell === '' || BEGINS_WITH_URL.test(cell));

/** The likeliest of several layouts; the first of equals. */
export const likeliest = (layouts: readonly Layout[]): Layout | undefined =>
  layouts.reduce<Layout | undefined>(
    (best, layout) => (best === undefined || isGreater(layout.score, best.score) ? layout : best),
    undefined,
  );

const isGreater = (a: readonly number[], b: readonly number[]): boolean => {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index !== -1 && (a[index] ?? 0) > (b[index] ?? 0);
};

const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'pipes',
};
/** A file that is no table can have a first line of thousands of characters. */
const MAX_NAME_SHOWN = 60;
const MAX_NAMES_SHOWN = 12;

/** What was seen and what is missing, in words. */
export const missingColumns = ({ header, missing, delimiter }: Layout): AppError => {
  const names = header
    .slice(0, MAX_NAMES_SHOWN)
    .map((name) => `"${name.length > MAX_NAME_SHOWN ? `${name.slice(0, MAX_NAME_SHOWN)}…` : name}"`);
  const more = header.length > names.length ? ` and ${header.length - names.length} more` : '';
  const split = header.length > 1 ? `, separated by ${DELIMITER_NAMES[delimiter]}` : '';
  return new AppError('missing_columns', {
    detail:
      `Missing in the first line: ${missing.join(', ')}. It has ${names.join(', ')}${more}${split}. ` +
      'Without column names, the first three columns must be serial number, product name and image addresses.',
    extras: { missing, found: header.slice(0, MAX_NAMES_SHOWN) },
  });
};
