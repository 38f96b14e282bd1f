/** From 8-bit sRGB to what the eye's receptors take of its light, and the same at half size. */
import { BAND_ROWS, bandsOf } from './bands.ts';
import type { RgbPixels } from './rgb-pixels.ts';

/**
 * Light as the receptors for long, middle and short waves take it, BIAS … 1 + BIAS, a plane each, in bands. SSIMULACRA 2
 * scales down in linear RGB; as the receptors are weighted sums of it, scaling them down is the same.
 */
export interface Receptors {
  readonly long: Float32Array;
  readonly middle: Float32Array;
  readonly short: Float32Array;
  /** The bits of `long`, `middle` and `short`. */
  readonly longBits: Int32Array;
  readonly middleBits: Int32Array;
  readonly shortBits: Int32Array;
}

/** Shares of linear red, green and blue (libjxl, opsin_params.h). */
const LONG_RED = 0.3;
const LONG_GREEN = 0.622;
const LONG_BLUE = 0.078;
const MIDDLE_RED = 0.23;
const MIDDLE_GREEN = 0.692;
const MIDDLE_BLUE = 0.078;
const SHORT_RED = 0.24342269;
const SHORT_GREEN = 0.20476745;
const SHORT_BLUE = 0.55180986;
/** Keeps the cube root that follows from being infinitely steep at black. */
export const BIAS = 0.0037930734;

/** Linear light of each 8-bit value (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, code) => {
  const value = code / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Planes for a picture, or for one band when `height` is {@link BAND_ROWS}. */
export const makeReceptors = (width: number, height: number): Receptors => {
  const length = bandsOf(height) * BAND_ROWS * width;
  // Rows below the picture are in the dark: the table of cube roots has no place for less.
  const plane = () => new Float32Array(length).fill(BIAS, length - BAND_ROWS * width);
  const [long, middle, short] = [plane(), plane(), plane()];
  return {
    long,
    middle,
    short,
    longBits: new Int32Array(long.buffer),
    middleBits: new Int32Array(middle.buffer),
    shortBits: new Int32Array(short.buffer),
  };
};

/** One band of the picture; rows below the picture are left as they were. */
export const stimulate = ({ data, width, height, channels = 3 }: RgbPixels, band: number, to: Receptors): void => {
  const { long, middle, short } = to;
  const green = channels === 3 ? 1 : 0;
  const blue = channels === 3 ? 2 : 0;
  const rows = Math.min(BAND_ROWS, height - band * BAND_ROWS);
  for (let row = 0; row < rows; row++) {
    let at = (band * BAND_ROWS + row) * width * channels;
    for (let i = row; i < width * BAND_ROWS; i += BAND_ROWS) {
      const r = LINEAR[data[at] ?? 0] ?? 0;
      const g = LINEAR[data[at + green] ?? 0] ?? 0;
      const b = LINEAR[data[at + blue] ?? 0] ?? 0;
      long[i] = LONG_RED * r + LONG_GREEN * g + LONG_BLUE * b + BIAS;
      middle[i] = MIDDLE_RED * r + MIDDLE_GREEN * g + MIDDLE_BLUE * b + BIAS;
      short[i] = SHORT_RED * r + SHORT_GREEN * g + SHORT_BLUE * b + BIAS;
      at += channels;
    }
  }
};

/**
 * Adds one band to the picture at half size, each pixel the mean of 2 × 2. An odd last row or column counts twice.
 *
 * @param at where the band begins in `from`
 * @param rows rows of the band that are of the picture
 */
export const halveBand = (
  from: Receptors,
  at: number,
  to: Receptors,
  band: number,
  width: number,
  rows: number,
): void => {
  halvePlane(from.long, at, to.long, band, width, rows);
  halvePlane(from.middle, at, to.middle, band, width, rows);
  halvePlane(from.short, at, to.short, band, width, rows);
};

const halvePlane = (
  from: Float32Array,
  at: number,
  to: Float32Array,
  band: number,
  width: number,
  rows: number,
): void => {
  const half = (width + 1) >> 1;
  const toBand = (band >> 1) * BAND_ROWS * half;
  for (let row = 0; row < rows; row += 2) {
    const below = row + 1 < rows ? 1 : 0;
    let upper = at + row;
    let i = toBand + (band & 1) * 2 + (row >> 1);
    for (let x = 0; x < half; x++) {
      const next = 2 * x + 1 < width ? BAND_ROWS : 0;
      to[i] =
        0.25 *
        ((from[upper] ?? 0) +
          (from[upper + next] ?? 0) +
          (from[upper + below] ?? 0) +
          (from[upper + below + next] ?? 0));
      upper += 2 * BAND_ROWS;
      i += BAND_ROWS;
    }
  }
};
