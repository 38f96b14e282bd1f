export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export type Newline = '\n' | '\r\n' | '\r';

/** Positions, from 0, of the columns Halve knows; null where the file has none. */
export interface Columns {
  readonly serialNumber: number;
  readonly productName: number;
  readonly inputUrls: number;
  /** `Output Image Urls` of a file that went through Halve before: refilled in place. */
  readonly outputUrls: number | null;
  /** `Halve Error` of a corrected errors file: left out of everything written. */
  readonly error: number | null;
}

/** How one file is written. Plain data: stored as JSON with the request, so that its results are written alike. */
export interface Dialect {
  readonly encoding: Encoding;
  readonly bom: boolean;
  readonly delimiter: Delimiter;
  /** The usual line end; each record keeps its own. `\r` only when the file has (nearly) no line feeds. */
  readonly newline: Newline;
  /** The first line is Excel's `sep=;`. */
  readonly sepLine: boolean;
  readonly hasHeader: boolean;
  /** Every cell of the file is in quotes; then so are ours. */
  readonly quotesAll: boolean;
  /** Number of columns of the header; three when there is none. */
  readonly width: number;
  /** Names of the columns as the user wrote them; empty when there is no header. */
  readonly header: readonly string[];
  readonly columns: Columns;
}

export const OUTPUT_COLUMN = 'Output Image Urls';
export const ERROR_COLUMN = 'Halve Error';
/** The columns of a file without names, in order; also the names the documentation asks for. */
export const POSITIONAL_NAMES = ['Serial Number', 'Product Name', 'Input Image Urls'] as const;
