/** The colour space of JPEG XL, XYB (ISO/IEC 18181-1; libjxl opsin_params.h), as SSIMULACRA 2 scales it. */
import { BIAS, type Receptors } from './receptors.ts';

/** Cube roots of single-precision numbers are looked up by exponent and the first six bits of the mantissa. */
const SHIFT = 17;
const STEPS = 64;
/** 2⁻⁹ … 2 holds all from BIAS (2⁻⁸·⁰⁴) to 1 + BIAS. */
const LOWEST_EXPONENT = -9;
const OCTAVES = 10;
const FIRST = (127 + LOWEST_EXPONENT) * STEPS;

/**
 * For each step, the parabola c₀ + c₁x + c₂x² through the cube root at its Chebyshev points: within 2·10⁻⁸ of it, less
 * than a single-precision number can show.
 */
const CUBE_ROOTS = ((): Float64Array => {
  const table = new Float64Array(OCTAVES * STEPS * 3);
  for (let i = 0; i < OCTAVES * STEPS; i++) {
    const octave = 2 ** (LOWEST_EXPONENT + Math.floor(i / STEPS));
    const middle = octave * (1 + ((i % STEPS) + 0.5) / STEPS);
    const reach = ((octave / STEPS) * Math.sqrt(3)) / 4;
    const [low, mean, high] = [Math.cbrt(middle - reach), Math.cbrt(middle), Math.cbrt(middle + reach)];
    const slope = (high - low) / (2 * reach);
    const bend = (high + low - 2 * mean) / (2 * reach * reach);
    table.set([mean - slope * middle + bend * middle * middle, slope - 2 * bend * middle, bend], 3 * i);
  }
  return table;
})();

/**
 * X, Y and B − Y of one band, each within 0–1 as SSIM needs it (ssimulacra2.cc, MakePositiveXYB): red against green,
 * lightness, blue against lightness.
 */
export interface XybBand {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly b: Float32Array;
}

const X_OFFSET = 0.42;
const Y_OFFSET = 0.01 - Math.cbrt(BIAS);
const B_OFFSET = 0.55;
/** Half of X's factor 14: X is half the difference of the long and the middle receptors. */
const X_FACTOR = 7;

/** All three channels of the band that begins at `at` in `from`. */
export const toXyb = (from: Receptors, at: number, length: number, to: XybBand): void => {
  const { long, middle, short, longBits, middleBits, shortBits } = from;
  const { x, y, b } = to;
  for (let i = 0; i < length; i++) {
    const l = long[at + i] ?? 0;
    const m = middle[at + i] ?? 0;
    const s = short[at + i] ?? 0;
    const li = 3 * (((longBits[at + i] ?? 0) >> SHIFT) - FIRST);
    const mi = 3 * (((middleBits[at + i] ?? 0) >> SHIFT) - FIRST);
    const si = 3 * (((shortBits[at + i] ?? 0) >> SHIFT) - FIRST);
    const rootL = (CUBE_ROOTS[li] ?? 0) + l * ((CUBE_ROOTS[li + 1] ?? 0) + l * (CUBE_ROOTS[li + 2] ?? 0));
    const rootM = (CUBE_ROOTS[mi] ?? 0) + m * ((CUBE_ROOTS[mi + 1] ?? 0) + m * (CUBE_ROOTS[mi + 2] ?? 0));
    const rootS = (CUBE_ROOTS[si] ?? 0) + s * ((CUBE_ROOTS[si + 1] ?? 0) + s * (CUBE_ROOTS[si + 2] ?? 0));
    const lightness = 0.5 * (rootL + rootM);
    x[i] = X_FACTOR * (rootL - rootM) + X_OFFSET;
    y[i] = lightness + Y_OFFSET;
    b[i] = rootS - lightness + B_OFFSET;
  }
};

/** The lightness alone, where the colours have no weight. */
export const toLightness = (from: Receptors, at: number, length: number, y: Float32Array): void => {
  const { long, middle, longBits, middleBits } = from;
  for (let i = 0; i < length; i++) {
    const l = long[at + i] ?? 0;
    const m = middle[at + i] ?? 0;
    const li = 3 * (((longBits[at + i] ?? 0) >> SHIFT) - FIRST);
    const mi = 3 * (((middleBits[at + i] ?? 0) >> SHIFT) - FIRST);
    const rootL = (CUBE_ROOTS[li] ?? 0) + l * ((CUBE_ROOTS[li + 1] ?? 0) + l * (CUBE_ROOTS[li + 2] ?? 0));
    const rootM = (CUBE_ROOTS[mi] ?? 0) + m * ((CUBE_ROOTS[mi + 1] ?? 0) + m * (CUBE_ROOTS[mi + 2] ?? 0));
    y[i] = 0.5 * (rootL + rootM) + Y_OFFSET;
  }
};
