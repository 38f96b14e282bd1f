/**
 * Halving the resolution of 16 × 16 samples as a function from four blocks of coefficients to one: of each block the low
 * frequencies are kept and taken for a block of 4 × 4 samples; these four stand side by side and are transformed again
 * (R. Dugad, N. Ahuja, "A fast scheme for image size change in the compressed domain", 2001). At equal bytes this looked
 * as good as a sharpened filter on the samples, and better than their mean (docs/decisions/018).
 */

/** Coefficients of each block that count, in each direction. */
export const LOW = 4;

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

// The gains to even coefficients are ½ (0 to 0, 1 to 2, 2 to 4, 3 to 6) or nothing; these are the others.
const [G01, G03, G05, G07] = [lineGain(0, 1), lineGain(0, 3), lineGain(0, 5), lineGain(0, 7)];
const [G11, G13, G15, G17] = [lineGain(1, 1), lineGain(1, 3), lineGain(1, 5), lineGain(1, 7)];
const [G21, G23, G25, G27] = [lineGain(2, 1), lineGain(2, 3), lineGain(2, 5), lineGain(2, 7)];
const [G31, G33, G35, G37] = [lineGain(3, 1), lineGain(3, 3), lineGain(3, 5), lineGain(3, 7)];

/**
 * One direction, in place: the four low coefficients of two blocks, side by side from `at` on in steps of `step`, become
 * the eight of the new one.
 */
export const joinLine = (values: Float64Array, at: number, step: number): void => {
  const a0 = values[at] ?? 0;
  const a1 = values[at + step] ?? 0;
  const a2 = values[at + 2 * step] ?? 0;
  const a3 = values[at + 3 * step] ?? 0;
  const b0 = values[at + 4 * step] ?? 0;
  const b1 = values[at + 5 * step] ?? 0;
  const b2 = values[at + 6 * step] ?? 0;
  const b3 = values[at + 7 * step] ?? 0;
  const d0 = a0 - b0;
  const s1 = a1 + b1;
  const d2 = a2 - b2;
  const s3 = a3 + b3;
  values[at] = 0.5 * (a0 + b0);
  values[at + step] = G01 * d0 + G11 * s1 + G21 * d2 + G31 * s3;
  values[at + 2 * step] = 0.5 * (a1 - b1);
  values[at + 3 * step] = G03 * d0 + G13 * s1 + G23 * d2 + G33 * s3;
  values[at + 4 * step] = 0.5 * (a2 + b2);
  values[at + 5 * step] = G05 * d0 + G15 * s1 + G25 * d2 + G35 * s3;
  values[at + 6 * step] = 0.5 * (a3 - b3);
  values[at + 7 * step] = G07 * d0 + G17 * s1 + G27 * d2 + G37 * s3;
};
