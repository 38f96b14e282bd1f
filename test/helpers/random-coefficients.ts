/** Coefficients out of nothing, for tests of what reads and writes them. */
import fc from 'fast-check';
import type { Coefficients, Plane } from '../../src/compress/jpeg/coefficients.ts';

export interface PictureShape {
  readonly width: number;
  readonly height: number;
  /** Sampling factors of each component. */
  readonly sampling: readonly (readonly [h: number, v: number])[];
}

export interface Contents {
  readonly seed: number;
  /** Share of AC coefficients that are not zero. */
  readonly density: number;
  /** Greatest AC value; the DC values go up to 1023. */
  readonly largest: number;
  /** Share of blocks without AC coefficients. */
  readonly empty: number;
  /** Greatest quantisation step. */
  readonly largestStep: number;
}

export const randomCoefficients = (shape: PictureShape, contents: Contents): Coefficients => {
  const random = randomFrom(contents.seed);
  const entries: number[] = [];
  const planes = shape.sampling.map((_, index) => emptyPlane(shape, index));
  for (const plane of planes) {
    for (let i = 0; i < 64; i += 1) plane.steps[i] = 1 + Math.floor(random() * contents.largestStep);
    const flat = random() < 0.15;
    for (let block = 0; block < plane.dc.length; block += 1) {
      plane.dc[block] = flat ? 0 : Math.floor((random() * 2 - 1) * 1024 ** random());
      plane.starts[block] = entries.length;
      if (!flat && random() >= contents.empty) addEntries(entries, contents, random);
      plane.counts[block] = entries.length - (plane.starts[block] ?? 0);
    }
  }
  return { width: shape.width, height: shape.height, planes, entries: Int32Array.from(entries) };
};

const addEntries = (entries: number[], { density, largest }: Contents, random: () => number): void => {
  for (let index = 1; index < 64; index += 1) {
    if (random() >= density) continue;
    const magnitude = Math.min(largest, Math.floor((largest + 1) ** random()));
    entries.push(((random() < 0.5 ? -magnitude : magnitude) << 6) | index);
  }
};

/** A plane whose blocks hold nothing, with the sizes that T.81 A.1.1 and A.2.4 give it. */
export const emptyPlane = ({ width, height, sampling }: PictureShape, index: number): Plane => {
  const most = (at: 0 | 1): number => Math.max(...sampling.map((factors) => factors[at]));
  const [h, v] = sampling[index] ?? [1, 1];
  const stride = Math.ceil(width / (8 * most(0))) * h;
  const lines = Math.ceil(height / (8 * most(1))) * v;
  return {
    id: index + 1,
    h,
    v,
    blocksWide: Math.ceil(Math.ceil((width * h) / most(0)) / 8),
    blocksHigh: Math.ceil(Math.ceil((height * v) / most(1)) / 8),
    stride,
    lines,
    steps: new Uint16Array(64).fill(1),
    dc: new Int16Array(stride * lines),
    starts: new Uint32Array(stride * lines),
    counts: new Uint8Array(stride * lines),
  };
};

const factor = fc.constantFrom(1, 2);
const pair = fc.tuple(factor, factor);

/** Gray and YCbCr with any factors 1–2, and 4:1:1. */
const anySampling: fc.Arbitrary<PictureShape['sampling']> = fc.oneof(
  fc.constant([[1, 1]] as const),
  pair.map((only) => [only]),
  fc.constantFrom(
    [
      [2, 2],
      [1, 1],
      [1, 1],
    ] as const,
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ] as const,
    [
      [2, 1],
      [1, 1],
      [1, 1],
    ] as const,
    [
      [1, 2],
      [1, 1],
      [1, 1],
    ] as const,
    [
      [4, 1],
      [1, 1],
      [1, 1],
    ] as const,
  ),
  fc.tuple(pair, pair, pair),
);

/** Pictures of up to 90 × 90 pixels with all kinds of contents. */
export const anyCoefficients: fc.Arbitrary<Coefficients> = fc
  .record({
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    sampling: anySampling,
    seed: fc.integer(),
    density: fc.constantFrom(0.01, 0.05, 0.2, 0.6, 1),
    largest: fc.constantFrom(1, 2, 3, 9, 100, 1023),
    empty: fc.constantFrom(0, 0.3, 0.9, 1),
    largestStep: fc.constantFrom(1, 40, 255, 65_535),
  })
  .map((what) => randomCoefficients(what, what));

/** All 64 coefficients of a block in zigzag order. */
export const denseBlock = (entries: Int32Array, plane: Plane, block: number): number[] => {
  const values = new Array<number>(64).fill(0);
  values[0] = plane.dc[block] ?? 0;
  const start = plane.starts[block] ?? 0;
  for (const entry of entries.subarray(start, start + (plane.counts[block] ?? 0))) values[entry & 63] = entry >> 6;
  return values;
};

/** Mulberry32 (T. Ettinger, public domain): the same numbers 0 ≤ n < 1 for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
