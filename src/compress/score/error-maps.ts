/**
 * The errors of SSIMULACRA 2.1 at single pixels, summed with their fourth powers (ssimulacra2.cc, SSIMMap and
 * EdgeDiffMap). Both pictures' numbers are single precision and go through the same arithmetic, so that equal pictures
 * have exactly no error.
 */

/** One channel of a picture, or a band of it: itself, its blur, the blur of its square. */
export interface BlurredChannel {
  readonly value: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** The same of the candidate, and the blur of its product with the reference. */
export interface CandidateBand extends BlurredChannel {
  readonly product: Float32Array;
}

/** Pixels `from`, `from + step` … below `to` of the band that begins at `at` in the reference. */
export interface Pixels {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Structural error, edges gained, edges lost, then the sums of their fourth powers. */
export const SUMS = 6;

/** Keeps SSIM away from the noise of flat areas. */
const C2 = 0.0009;

/** Adds 1 − SSIM, without the denominator of its first factor, which would count dark areas twice. */
export const addStructure = (
  reference: BlurredChannel,
  candidate: CandidateBand,
  { at, from, to, step }: Pixels,
  sums: Float64Array,
): void => {
  const { mean: mean1, square: square1 } = reference;
  const { mean: mean2, square: square2, product } = candidate;
  let sum = 0;
  let fourth = 0;
  for (let i = from; i < to; i += step) {
    const m1 = mean1[at + i] ?? 0;
    const m2 = mean2[i] ?? 0;
    const difference = m1 - m2;
    const covariance = (product[i] ?? 0) - m1 * m2;
    const variances = (square1[at + i] ?? 0) - m1 * m1 + ((square2[i] ?? 0) - m2 * m2);
    const error = 1 - ((1 - difference * difference) * (2 * covariance + C2)) / (variances + C2);
    if (error > 0) {
      sum += error;
      fourth += error * error * (error * error);
    }
  }
  sums[0] = (sums[0] ?? 0) + sum;
  sums[3] = (sums[3] ?? 0) + fourth;
};

/** Adds edges that the candidate alone has (ringing, blocks, banding) and those it has lost (blurring). */
export const addEdges = (
  reference: BlurredChannel,
  candidate: CandidateBand,
  { at, from, to, step }: Pixels,
  sums: Float64Array,
): void => {
  const { value: value1, mean: mean1 } = reference;
  const { value: value2, mean: mean2 } = candidate;
  // Gains and losses are told apart at the end: a branch on their sign would be guessed wrong every other time.
  let signed = 0;
  let unsigned = 0;
  let signed4 = 0;
  let unsigned4 = 0;
  for (let i = from; i < to; i += step) {
    const edge1 = Math.abs((value1[at + i] ?? 0) - (mean1[at + i] ?? 0));
    const edge2 = Math.abs((value2[i] ?? 0) - (mean2[i] ?? 0));
    const change = (edge2 - edge1) / (1 + edge1);
    const size = Math.abs(change);
    const square = change * change;
    signed += change;
    unsigned += size;
    signed4 += square * size * change;
    unsigned4 += square * square;
  }
  sums[1] = (sums[1] ?? 0) + (unsigned + signed) / 2;
  sums[2] = (sums[2] ?? 0) + (unsigned - signed) / 2;
  sums[4] = (sums[4] ?? 0) + (unsigned4 + signed4) / 2;
  sums[5] = (sums[5] ?? 0) + (unsigned4 - signed4) / 2;
};
