import { seededRandom } from './seeded-random.ts';

/** Draws kept ready; a power of two, so that wrapping is a mask. */
const LENGTH = 65_536;
const MASK = LENGTH - 1;

/**
 * Adds a camera sensor's noise to pixels of four bytes, leaving alpha alone. It is what keeps a picture from compressing
 * to next to nothing, as drawings do.
 * @param deviation standard deviation in steps of 1/255
 */
export const addGrain = (pixels: Buffer, width: number, deviation: number, seed: number): Buffer => {
  const random = seededRandom(seed);
  // The sum of four even numbers is near enough to a bell curve; √3 makes its deviation 1.
  const bell = (): number => (random() + random() + random() + random() - 2) * Math.sqrt(3) * deviation;
  const draws = Float32Array.from({ length: LENGTH }, bell);
  const noisy = new Uint8ClampedArray(pixels);
  for (let row = 0; row < noisy.length; row += width * 4) {
    // Each row begins somewhere else in the draws, or their repetition would show as a slant.
    let next = Math.floor(random() * LENGTH);
    for (let at = row; at < row + width * 4; at += 4) {
      // Noise where nothing is seen would only make a cut-out heavy.
      if (noisy[at + 3] === 0) continue;
      noisy[at] = (noisy[at] ?? 0) + (draws[next++ & MASK] ?? 0);
      noisy[at + 1] = (noisy[at + 1] ?? 0) + (draws[next++ & MASK] ?? 0);
      noisy[at + 2] = (noisy[at + 2] ?? 0) + (draws[next++ & MASK] ?? 0);
    }
  }
  return Buffer.from(noisy.buffer);
};
