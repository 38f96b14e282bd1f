/** How large a catalogue file and its parts may be; everything beyond is refused with its row and line. */
export interface CatalogueLimits {
  /** Bytes of the whole file. */
  readonly maxBytes: number;
  /** Image addresses in the whole file. */
  readonly maxImages: number;
  /** Data records in the whole file, usable or not; empty lines are not counted. */
  readonly maxRows: number;
  /** Cells in one record. */
  readonly maxColumns: number;
  /** Bytes of one physical line, its line end not counted. */
  readonly maxLineBytes: number;
  /** Bytes of one record; a quoted cell may span lines, so a record can be longer than a line. */
  readonly maxRecordBytes: number;
  /** Characters of one image address. */
  readonly maxUrlLength: number;
  /** Places for image addresses in one row, empty places between separators counted. */
  readonly maxUrlsPerRow: number;
  /** Faults kept with their sentences; the others are only counted. */
  readonly maxFaultsListed: number;
}

export const DEFAULT_LIMITS: CatalogueLimits = {
  maxBytes: 100_000_000,
  maxImages: 1_000_000,
  // Twice maxImages: Excel saves files with up to 1,048,576 lines of `,,,`, which are no fault, beside the products.
  maxRows: 2_000_000,
  maxColumns: 64,
  maxLineBytes: 65_536,
  // 100 addresses of 2,048 characters, one a line, are 205 kB; a quote that is never closed is found here at the latest.
  maxRecordBytes: 262_144,
  maxUrlLength: 2_048,
  maxUrlsPerRow: 100,
  maxFaultsListed: 100,
};
