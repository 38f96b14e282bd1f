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

const wordsOf = (data: Buffer): Uint32Array =>
  // A view needs an offset that is a multiple of four; Buffers from Node's pool may have any.
  data.byteOffset % 4 === 0
    ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
    : new Uint32Array(new Uint8Array(data).buffer);

/** Bytes are R, G, B, A from the lowest address up, on the little-endian machines Node runs on. */
const isTransparent = (word: number): boolean => word >>> 24 === 0;
