/**
 * The Gaussian blur of SSIMULACRA 2, σ = 1.5 pixels, zero outside the picture.
 *
 * The reference uses the recursive filter of Charalampidis, "Recursive Implementation of the Gaussian Filter Using
 * Truncated Cosine Functions" (IEEE Trans. Signal Processing 64-14, 2016) with radius N = 5: three cosines of the
 * frequencies kπ/2N, k = 1, 3, 5. All of them are zero at ±N, so its response is exactly nine taps long; taken directly
 * they need no more arithmetic, do not wait for the pixel before, and gather no rounding errors.
 */
import { BAND_ROWS } from './bands.ts';

/** Taps 0, ±1, … ±4: Σ βₖ cos(kπn/10), the βₖ from equations 50–57 of the paper. */
export const TAPS: readonly [number, number, number, number, number] = [
  0.2646211054881986, 0.21292859201042227, 0.10933537277746035, 0.03601111465836439, 0.00941436780965374,
];

type Cosines = readonly [number, number, number];

/**
 * The same as a recursion for each cosine, k = 1, 3, 5: y[n] = input × (x[n − 6] + x[n + 4]) − back × y[n − 1] − y[n − 2];
 * equations 33 and 35, rounded to single precision as the reference has them. The blur is the sum of the three.
 */
export const RECURSION = ((): { readonly input: Cosines; readonly back: Cosines } => {
  const betas = [0.17893914164149133, 0.0727261447361902, 0.012955819110517089];
  const constant = (k: number, of: (beta: number, omega: number) => number): number =>
    Math.fround(of(betas[(k - 1) / 2] ?? 0, (k * Math.PI) / 10));
  const all = (of: (beta: number, omega: number) => number): Cosines => [
    constant(1, of),
    constant(3, of),
    constant(5, of),
  ];
  return { input: all((beta, omega) => -beta * Math.cos(6 * omega)), back: all((_, omega) => -2 * Math.cos(omega)) };
})();
const [T0, T1, T2, T3, T4] = TAPS;

/** Zeros that must follow a band given to {@link blurAcross}: the four pixels right of the picture. */
export const BAND_TAIL = 4 * BAND_ROWS;

/** Blurs the rows of a band; `from` has {@link BAND_TAIL} zeros after its `length` values. */
export const blurAcross = (from: Float32Array, to: Float32Array, length: number): void => {
  for (let row = 0; row < BAND_ROWS; row++) {
    let left4 = 0;
    let left3 = 0;
    let left2 = 0;
    let left1 = 0;
    let here = from[row] ?? 0;
    let right1 = from[row + BAND_ROWS] ?? 0;
    let right2 = from[row + 2 * BAND_ROWS] ?? 0;
    let right3 = from[row + 3 * BAND_ROWS] ?? 0;
    for (let i = row; i < length; i += BAND_ROWS) {
      const right4 = from[i + 4 * BAND_ROWS] ?? 0;
      to[i] = T0 * here + T1 * (left1 + right1) + T2 * (left2 + right2) + T3 * (left3 + right3) + T4 * (left4 + right4);
      left4 = left3;
      left3 = left2;
      left2 = left1;
      left1 = here;
      here = right1;
      right1 = right2;
      right2 = right3;
      right3 = right4;
    }
  }
};

/** Blurs the columns of the band `here`, between those above and below it. */
export const blurDown = (
  above: Float32Array,
  here: Float32Array,
  below: Float32Array,
  to: Float32Array,
  length: number,
): void => {
  for (let i = 0; i < length; i += BAND_ROWS) {
    const a0 = above[i] ?? 0;
    const a1 = above[i + 1] ?? 0;
    const a2 = above[i + 2] ?? 0;
    const a3 = above[i + 3] ?? 0;
    const h0 = here[i] ?? 0;
    const h1 = here[i + 1] ?? 0;
    const h2 = here[i + 2] ?? 0;
    const h3 = here[i + 3] ?? 0;
    const b0 = below[i] ?? 0;
    const b1 = below[i + 1] ?? 0;
    const b2 = below[i + 2] ?? 0;
    const b3 = below[i + 3] ?? 0;
    to[i] = T0 * h0 + T1 * (a3 + h1) + T2 * (a2 + h2) + T3 * (a1 + h3) + T4 * (a0 + b0);
    to[i + 1] = T0 * h1 + T1 * (h0 + h2) + T2 * (a3 + h3) + T3 * (a2 + b0) + T4 * (a1 + b1);
    to[i + 2] = T0 * h2 + T1 * (h1 + h3) + T2 * (h0 + b0) + T3 * (a3 + b1) + T4 * (a2 + b2);
    to[i + 3] = T0 * h3 + T1 * (h2 + b0) + T2 * (h1 + b1) + T3 * (h0 + b2) + T4 * (a3 + b3);
  }
};
