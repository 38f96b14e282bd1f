import type { RowErrorCode } from '../core/errors.ts';
import type { RawRecord } from './record-scanner.ts';

/** One thing wrong with one row of a file. */
export interface RowFault {
  /** Number of the data record, from 1; the header is not counted, blank records are. */
  readonly row: number;
  /** Physical line, from 1, of the fault's record (of the quote, when a quote is the fault). */
  readonly line: number;
  /** The column's name in the user's own words; null if the fault is not about one column. */
  readonly column: string | null;
  readonly code: RowErrorCode;
  /** A sentence for the user. */
  readonly detail: string;
}

interface RowBase {
  readonly row: number;
  /** Physical line, from 1, where the record starts. */
  readonly line: number;
  /** The record as it stands in the file. */
  readonly record: RawRecord;
}

interface FilledRow extends RowBase {
  /** Number of cells in the record. */
  readonly cellCount: number;
  /** How many cells behind the address cell belong to its list (see `spilled-list.ts`). */
  readonly spilled: number;
  /** As the user wrote it, trimmed; may be empty. */
  readonly serialNumber: string;
  readonly productName: string;
  /** Does a cell begin like a formula? */
  readonly hasFormula: boolean;
}

export interface ProductRow extends FilledRow {
  readonly kind: 'product';
  /** The image addresses, at least one, as the user wrote them, trimmed; each is http(s) and `new URL` takes it. */
  readonly urls: readonly string[];
  /** All places of the cell's list as somebody counting commas would see them: `urls`, and `''` for empty places. */
  readonly slots: readonly string[];
}

export interface FaultyRow extends FilledRow {
  readonly kind: 'faulty';
  /** At least one. */
  readonly faults: readonly RowFault[];
  /** The reading ended here: the rest of the file cannot be told apart. */
  readonly fatal: boolean;
}

/** Empty lines, or one record of empty cells: no fault, carried through. */
export interface BlankRow extends RowBase {
  readonly kind: 'blank';
}

export type CatalogueRow = ProductRow | FaultyRow | BlankRow;

/** Before the rows: Excel's `sep=;` line and empty lines. */
export interface PreambleLine {
  readonly kind: 'preamble';
  readonly record: RawRecord;
}

/** The column names. */
export interface HeaderLine {
  readonly kind: 'header';
  readonly record: RawRecord;
}

/** Any part of a file; all of them together are the file. */
export type CatalogueLine = PreambleLine | HeaderLine | CatalogueRow;
