import { seededRandom } from './seeded-random.ts';

/** Side of the precomputed tile; a power of two, so that wrapping is a mask. */
const SIDE = 512;
const MASK = SIDE - 1;
/** Octaves with 4, 8, … 256 lattice cells a side: from broad clouds to single-pixel grain. */
const OCTAVES = 7;

/** One octave of value noise with `cells` cells a side, added to the tile with weight `amplitude`; wraps at its edges. */
const addOctave = (tile: Float32Array, cells: number, amplitude: number, random: () => number): void => {
  const lattice = Float32Array.from({ length: cells * cells }, random);
  const step = SIDE / cells;
  for (let y = 0; y < SIDE; y++) {
    const top = Math.floor(y / step);
    const fy = smooth(y / step - top);
    const rowA = top * cells;
    const rowB = ((top + 1) % cells) * cells;
    for (let x = 0; x < SIDE; x++) {
      const left = Math.floor(x / step);
      const right = (left + 1) % cells;
      const fx = smooth(x / step - left);
      const a = mix(lattice[rowA + left] ?? 0, lattice[rowA + right] ?? 0, fx);
      const b = mix(lattice[rowB + left] ?? 0, lattice[rowB + right] ?? 0, fx);
      tile[y * SIDE + x] = (tile[y * SIDE + x] ?? 0) + amplitude * mix(a, b, fy);
    }
  }
};

const smooth = (t: number): number => t * t * (3 - 2 * t);
const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

const makeTile = (): Float32Array => {
  const random = seededRandom(20_240);
  const tile = new Float32Array(SIDE * SIDE);
  for (let octave = 0; octave < OCTAVES; octave++) addOctave(tile, 4 << octave, 0.55 ** octave, random);
  const low = tile.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = tile.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return tile.map((value) => (value - low) / (high - low));
};

let tile: Float32Array | undefined;

/**
 * Fractal value noise, 0–1, repeating every 1 in both directions (so `noise(8 * u, v)` has finer features along u).
 * Looked up in a tile computed once: a texture costs a few nanoseconds a pixel instead of a hundred.
 */
export const noise = (x: number, y: number): number => {
  tile ??= makeTile();
  const px = x * SIDE;
  const py = y * SIDE;
  const left = Math.floor(px);
  const top = Math.floor(py);
  const fx = px - left;
  const fy = py - top;
  const rowA = (top & MASK) * SIDE;
  const rowB = ((top + 1) & MASK) * SIDE;
  const a = left & MASK;
  const b = (left + 1) & MASK;
  return mix(mix(tile[rowA + a] ?? 0, tile[rowA + b] ?? 0, fx), mix(tile[rowB + a] ?? 0, tile[rowB + b] ?? 0, fx), fy);
};
