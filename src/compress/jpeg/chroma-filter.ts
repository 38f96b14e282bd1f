/**
 * Halving the resolution of 16 × 16 samples as a function from four blocks of coefficients to one: of each block the low
 * frequencies are kept and taken for a block of 4 × 4 samples; these four stand side by side and are transformed again
 * (R. Dugad, N. Ahuja, "A fast scheme for image size change in the compressed domain", 2001). At equal bytes this looked
 * as good as a sharpened filter on the samples, and better than their mean (docs/decisions/018).
 */

/** Coefficients of each block that count, in each direction. */
const LOW = 4;

/** Sample `x` of a basis function of the DCT of `size` samples, orthonormal (T.81 A.3.3 has 8 of them). */
const basis = (size: number, frequency: number, x: number): number =>
  Math.sqrt((frequency === 0 ? 1 : 2) / size) * Math.cos(((2 * x + 1) * frequency * Math.PI) / (2 * size));

/**
 * In one direction: what one unit of coefficient `from` of the left (upper) block adds to coefficient `to` of the new
 * one. From the right one it is the same but for the sign, (−1)^(from + to): one is the mirror image of the other.
 */
const lineGain = (from: number, to: number): number => {
  let gain = 0;
  for (let x = 0; x < LOW; x += 1) gain += basis(LOW, from, x) * basis(8, to, x);
  // A basis function of half the samples is so much larger.
  return gain * Math.SQRT1_2;
};

/** To coefficients 1, 3, 5 and 7. The gains to even ones are ½ (0 to 0, 1 to 2, 2 to 4, 3 to 6) or nothing. */
export const GAINS = Float64Array.from([0, 1, 2, 3].flatMap((from) => [1, 3, 5, 7].map((to) => lineGain(from, to))));

/** No coefficient of a line becomes larger than this times the sum of their magnitudes before. */
export const LARGEST_GAIN = Math.max(0.5, ...GAINS.map(Math.abs));
