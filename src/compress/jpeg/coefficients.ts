/** What a JPEG holds without its entropy coding: the quantised coefficients of its blocks, kept sparse. */

/** The blocks of one component, in raster order, with the padding to whole MCUs (T.81 A.2.4). */
export interface Plane {
  readonly id: number;
  /** Sampling factors (T.81 A.1.1). */
  readonly h: number;
  readonly v: number;
  /** Blocks that hold pixels: what a scan of this component alone has. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks in a line and lines, with padding: what an interleaved scan has. */
  readonly stride: number;
  readonly lines: number;
  /** Quantisation steps in zigzag order. */
  readonly steps: Uint16Array;
  /** Quantised DC coefficient of each block; not a difference. */
  readonly dc: Int16Array;
  /** Block `b` has the AC coefficients `entries[starts[b]]` … `entries[starts[b] + counts[b] − 1]`. */
  readonly starts: Uint32Array;
  readonly counts: Uint8Array;
}

/** A whole picture in the coefficient domain. */
export interface Coefficients {
  readonly width: number;
  readonly height: number;
  /** One for gray, three for YCbCr. */
  readonly planes: readonly Plane[];
  /**
   * The AC coefficients that are not zero, of all planes; those of a block side by side, in ascending zigzag order. Each
   * is `value << 6 | index`, the quantised value (−32767 … 32767) and the zigzag index (1 … 63).
   */
  readonly entries: Int32Array;
}
