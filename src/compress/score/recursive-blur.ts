import type { BandBlur } from './band-blur.ts';
import { BAND_ROWS } from './bands.ts';
import { RECURSION } from './gaussian.ts';

const { fround } = Math;
const [IN1, IN3, IN5] = RECURSION.input;
const [BACK1, BACK3, BACK5] = RECURSION.back;
/** Two outputs back, per column and cosine. */
const STATES = 6;

/**
 * The same blur as the reference tools compute it: by recursion in single precision, with fused multiply-add. Its poles
 * lie on the unit circle, so that every rounding stays in the row and the column to their ends; where variances are small
 * that noise is the larger part of the error, and lowers good scores by one to three points. The scores people know have
 * it in them, so it is repeated wherever it shows.
 */
export class RecursiveBlur implements BandBlur {
  length = 0;
  readonly result: Float32Array;
  readonly #across: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  readonly #states: Float32Array;
  #last = 0;

  /** @param width the widest plane there will be */
  constructor(width: number) {
    const band = () => new Float32Array(width * BAND_ROWS);
    this.result = band();
    this.#across = [band(), band(), band(), band()];
    this.#states = new Float32Array(width * STATES);
  }

  begin(width: number): void {
    this.length = width * BAND_ROWS;
    for (const band of this.#across) band.fill(0, 0, this.length);
    this.#states.fill(0);
  }

  push(band: Float32Array | null): void {
    this.#last = (this.#last + 1) % 4;
    const below = this.#slot(0);
    if (band === null) below.fill(0, 0, this.length);
    else for (let row = 0; row < BAND_ROWS; row += 2) recurseAcross(band, below, row, this.length);
    recurseDown(this.#slot(3), this.#slot(2), below, this.#states, this.result, this.length);
  }

  #slot(up: 0 | 1 | 2 | 3): Float32Array {
    return this.#across[((this.#last + 4 - up) % 4) as 0 | 1 | 2 | 3];
  }
}

/**
 * Two rows of a band: pixel n from what comes in at n + 4 and goes out at n − 6, beginning four pixels left of the
 * picture. Each pixel waits for the one before, so that two rows at once take hardly longer than one.
 */
const recurseAcross = (from: Float32Array, to: Float32Array, row: number, length: number): void => {
  let a1 = 0;
  let a3 = 0;
  let a5 = 0;
  let b1 = 0;
  let b3 = 0;
  let b5 = 0;
  let p1 = 0;
  let p3 = 0;
  let p5 = 0;
  let q1 = 0;
  let q3 = 0;
  let q5 = 0;
  for (let i = row - 4 * BAND_ROWS; i < length; i += BAND_ROWS) {
    let upper = from[i + 4 * BAND_ROWS] ?? 0;
    let lower = from[i + 4 * BAND_ROWS + 1] ?? 0;
    if (i >= 6 * BAND_ROWS) {
      upper = fround((from[i - 6 * BAND_ROWS] ?? 0) + upper);
      lower = fround((from[i - 6 * BAND_ROWS + 1] ?? 0) + lower);
    }
    const c1 = fround(fround(fround(upper * IN1) - b1) - BACK1 * a1);
    const c3 = fround(fround(fround(upper * IN3) - b3) - BACK3 * a3);
    const c5 = fround(fround(fround(upper * IN5) - b5) - BACK5 * a5);
    const r1 = fround(fround(fround(lower * IN1) - q1) - BACK1 * p1);
    const r3 = fround(fround(fround(lower * IN3) - q3) - BACK3 * p3);
    const r5 = fround(fround(fround(lower * IN5) - q5) - BACK5 * p5);
    b1 = a1;
    b3 = a3;
    b5 = a5;
    a1 = c1;
    a3 = c3;
    a5 = c5;
    q1 = p1;
    q3 = p3;
    q5 = p5;
    p1 = r1;
    p3 = r3;
    p5 = r5;
    if (i < 0) continue;
    to[i] = fround(c1 + c3) + c5;
    to[i + 1] = fround(r1 + r3) + r5;
  }
};

/** The same down the columns: rows 2 and 3 of `third` and 0 and 1 of `second` go out, the rows of `first` come in. */
const recurseDown = (
  third: Float32Array,
  second: Float32Array,
  first: Float32Array,
  states: Float32Array,
  to: Float32Array,
  length: number,
): void => {
  for (let i = 0, s = 0; i < length; i += BAND_ROWS, s += STATES) {
    const sum0 = fround((third[i + 2] ?? 0) + (first[i] ?? 0));
    const sum1 = fround((third[i + 3] ?? 0) + (first[i + 1] ?? 0));
    const sum2 = fround((second[i] ?? 0) + (first[i + 2] ?? 0));
    const sum3 = fround((second[i + 1] ?? 0) + (first[i + 3] ?? 0));
    let b = states[s] ?? 0;
    let a = states[s + 1] ?? 0;
    const c0 = fround(sum0 * IN1 - fround(BACK1 * a + b));
    const c1 = fround(sum1 * IN1 - fround(BACK1 * c0 + a));
    const c2 = fround(sum2 * IN1 - fround(BACK1 * c1 + c0));
    const c3 = fround(sum3 * IN1 - fround(BACK1 * c2 + c1));
    states[s] = c2;
    states[s + 1] = c3;
    b = states[s + 2] ?? 0;
    a = states[s + 3] ?? 0;
    const d0 = fround(sum0 * IN3 - fround(BACK3 * a + b));
    const d1 = fround(sum1 * IN3 - fround(BACK3 * d0 + a));
    const d2 = fround(sum2 * IN3 - fround(BACK3 * d1 + d0));
    const d3 = fround(sum3 * IN3 - fround(BACK3 * d2 + d1));
    states[s + 2] = d2;
    states[s + 3] = d3;
    b = states[s + 4] ?? 0;
    a = states[s + 5] ?? 0;
    const e0 = fround(sum0 * IN5 - fround(BACK5 * a + b));
    const e1 = fround(sum1 * IN5 - fround(BACK5 * e0 + a));
    const e2 = fround(sum2 * IN5 - fround(BACK5 * e1 + e0));
    const e3 = fround(sum3 * IN5 - fround(BACK5 * e2 + e1));
    states[s + 4] = e2;
    states[s + 5] = e3;
    to[i] = fround(c0 + d0) + e0;
    to[i + 1] = fround(c1 + d1) + e1;
    to[i + 2] = fround(c2 + d2) + e2;
    to[i + 3] = fround(c3 + d3) + e3;
  }
};
