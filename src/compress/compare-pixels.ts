import type { Rgba } from './sharp.ts';

/** How many different colours there are, counted up to one more than `limit`. All fully transparent pixels are one. */
export const countColours = ({ data }: Rgba, limit: number): number => {
  const words = wordsOf(data);
  const seen = new Set<number>();
  let last = -1;
  for (const word of words) {
    if (word === last) continue;
    last = word;
    seen.add(isTransparent(word) ? 0 : word);
    if (seen.size > limit) break;
  }
  return seen.size;
};

/** Would a viewer show exactly the same? The colour of fully transparent pixels does not count. */
export const samePixels = (a: Rgba, b: Rgba): boolean => {
  if (a.width !== b.width || a.height !== b.height) return false;
  const others = wordsOf(b.data);
  return wordsOf(a.data).every((word, i) => {
    const other = others[i] ?? 0;
    return word === other || (isTransparent(word) && isTransparent(other));
  });
};

/** Side in pixels of the blocks compared by {@link looksLike}: the eye averages dithering over about as much. */
const BLOCK = 4;
/**
 * Mean squared error of block averages that is still taken, on the 0–255 scale: a signal-to-noise ratio of 40 dB.
 * Photographs with a palette of 256 colours come to 42–52 dB and look right; banding begins to show at about 40.
 */
const MAX_ERROR = 255 ** 2 / 10 ** 4;

/** Does a dithered picture look like the original? A stand-in until a perceptual score is there. */
export const looksLike = (a: Rgba, b: Rgba): boolean => {
  if (a.width !== b.width || a.height !== b.height) return false;
  const { width, height } = a;
  let sum = 0;
  let blocks = 0;
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      sum += blockError(a, b, left, top);
      blocks += 1;
    }
  }
  return sum / blocks <= MAX_ERROR;
};

/** Mean over the channels of the squared difference of the block's averages, colours weighted by their alpha. */
const blockError = (a: Rgba, b: Rgba, left: number, top: number): number => {
  const right = Math.min(left + BLOCK, a.width);
  const bottom = Math.min(top + BLOCK, a.height);
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * a.width + x) * 4;
      const [alphaA, alphaB] = [a.data[at + 3] ?? 0, b.data[at + 3] ?? 0];
      red += (a.data[at] ?? 0) * alphaA - (b.data[at] ?? 0) * alphaB;
      green += (a.data[at + 1] ?? 0) * alphaA - (b.data[at + 1] ?? 0) * alphaB;
      blue += (a.data[at + 2] ?? 0) * alphaA - (b.data[at + 2] ?? 0) * alphaB;
      alpha += alphaA - alphaB;
    }
  }
  const count = (right - left) * (bottom - top);
  return ((red / 255) ** 2 + (green / 255) ** 2 + (blue / 255) ** 2 + alpha ** 2) / (4 * count ** 2);
};

const wordsOf = (data: Buffer): Uint32Array =>
  // A view needs an offset that is a multiple of four; Buffers from Node's pool may have any.
  data.byteOffset % 4 === 0
    ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
    : new Uint32Array(new Uint8Array(data).buffer);

/** Bytes are R, G, B, A from the lowest address up, on the little-endian machines Node runs on. */
const isTransparent = (word: number): boolean => word >>> 24 === 0;
