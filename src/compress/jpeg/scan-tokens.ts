/**
 * What a progressive scan says, as a list of tokens: a Huffman symbol and the bits after it (ITU-T T.81, G.1.2). The
 * list is made once; the symbols are counted in it, and it is written when the tables are known.
 */
import { END_OF_BLOCK, SIXTEEN_ZEROS } from './block-statistics.ts';
import type { Plane } from './coefficients.ts';
import type { Memory } from './memory.ts';
import type { Band } from './write-segments.ts';

/** T.81 G.1.2.2: blocks that end at once are counted up to here. */
const LONGEST_END_RUN = 0x7fff;

/** No block makes more: 63 coefficients, a token of 16 zeros before three of them at most, an end. */
const TOKENS_A_BLOCK = 63 + 3 + 1;

/** Tokens `symbol << 21 | size << 16 | bits`: `size` bits, 0 … 16, follow the symbol. */
export interface TokenList {
  tokens: Int32Array;
  count: number;
}

export const openTokens = (expected: number, memory: Memory): TokenList => ({
  tokens: memory.int32('tokens', expected),
  count: 0,
});

const makeRoom = (list: TokenList, more: number): void => {
  const least = list.count + more;
  if (least <= list.tokens.length) return;
  const tokens = new Int32Array(least + list.tokens.length);
  tokens.set(list.tokens.subarray(0, list.count));
  list.tokens = tokens;
};

/** The DC coefficients (T.81 G.1.2.1). */
export const addDc = (list: TokenList, { dc, stride, blocksWide, blocksHigh }: Plane): void => {
  makeRoom(list, blocksWide * blocksHigh);
  const { tokens } = list;
  let { count } = list;
  let before = 0;
  for (let line = 0; line < blocksHigh; line += 1) {
    for (let block = line * stride; block < line * stride + blocksWide; block += 1) {
      const value = dc[block] ?? 0;
      const difference = value - before;
      const size = 32 - Math.clz32(Math.abs(difference));
      const bits = (difference + (difference >> 31)) & ((1 << size) - 1);
      tokens[count++] = (size << 21) | (size << 16) | bits;
      before = value;
    }
  }
  list.count = count;
};

/** A run of blocks that have nothing more in the band. */
interface EndRun {
  length: number;
  /** Where its token stands; known only when the run ends. */
  at: number;
}

const endRun = (list: TokenList, run: EndRun): void => {
  if (run.length === 0) return;
  const size = 31 - Math.clz32(run.length);
  list.tokens[run.at] = ((END_OF_BLOCK | (size << 4)) << 21) | (size << 16) | (run.length - (1 << size));
  run.length = 0;
};

/** The AC coefficients of a band (T.81 G.1.2.2). */
export const addAc = (list: TokenList, plane: Plane, entries: Int32Array, band: Band): void => {
  const ends: EndRun = { length: 0, at: 0 };
  for (let line = 0; line < plane.blocksHigh; line += 1)
    addAcLine(list, plane, entries, band, ends, line * plane.stride);
  endRun(list, ends);
};

/** A function of its own, so that it is called often enough to be compiled well. */
const addAcLine = (
  list: TokenList,
  { starts, counts, blocksWide }: Plane,
  entries: Int32Array,
  { first, last: end }: Band,
  ends: EndRun,
  from: number,
): void => {
  makeRoom(list, blocksWide * TOKENS_A_BLOCK);
  const { tokens } = list;
  let { count } = list;
  for (let block = from; block < from + blocksWide; block += 1) {
    const start = starts[block] ?? 0;
    const stop = start + (counts[block] ?? 0);
    let last = first - 1;
    for (let i = start; i < stop; i += 1) {
      const entry = entries[i] ?? 0;
      const index = entry & 63;
      if (index < first) continue;
      if (index > end) break;
      if (ends.length > 0) endRun(list, ends);
      for (last += 16; last < index; last += 16) tokens[count++] = SIXTEEN_ZEROS << 21;
      const magnitude = Math.abs(entry >> 6);
      const size = 32 - Math.clz32(magnitude);
      const bits = entry < 0 ? magnitude ^ ((1 << size) - 1) : magnitude;
      tokens[count++] = ((((index - last + 15) << 4) | size) << 21) | (size << 16) | bits;
      last = index;
    }
    if (last === end) continue;
    if (ends.length === LONGEST_END_RUN) endRun(list, ends);
    if (ends.length === 0) ends.at = count++;
    ends.length += 1;
  }
  list.count = count;
};
