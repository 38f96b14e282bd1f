/**
 * What a progressive scan says, as a list of tokens: a Huffman symbol and the bits after it (ITU-T T.81, G.1.2). The
 * list is made once; the symbols are counted in it, and it is written when the tables are known.
 */
import { END_OF_BLOCK, SIXTEEN_ZEROS } from './block-statistics.ts';
import type { Plane } from './coefficients.ts';
import type { Memory } from './memory.ts';
import type { Band } from './write-segments.ts';

/** In place of a symbol (0 … 255), in tokens that are bits only. */
export const NO_SYMBOL = 256;

/** T.81 G.1.2.2: blocks that end at once are counted up to here. */
const LONGEST_END_RUN = 0x7fff;

/** No block makes more: 63 coefficients, a token of 16 zeros before three of them at most, an end; bits between all. */
const TOKENS_A_BLOCK = 2 * (63 + 3 + 1);

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

/** The first bits of DC coefficients, down to bit `low` (T.81 G.1.2.1). */
export const addDcFirst = (list: TokenList, { dc, stride, blocksWide, blocksHigh }: Plane, low: number): void => {
  makeRoom(list, blocksWide * blocksHigh);
  const { tokens } = list;
  let { count } = list;
  let before = 0;
  for (let line = 0; line < blocksHigh; line += 1) {
    for (let block = line * stride; block < line * stride + blocksWide; block += 1) {
      const value = (dc[block] ?? 0) >> low;
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

/** The AC coefficients of a band, down to bit `low` (T.81 G.1.2.2). */
export const addAcFirst = (list: TokenList, plane: Plane, entries: Int32Array, band: Band): void => {
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
  { first, last: end, low }: Band,
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
      const magnitude = Math.abs(entry >> 6) >> low;
      if (index < first || magnitude === 0) continue;
      if (index > end) break;
      if (ends.length > 0) endRun(list, ends);
      for (last += 16; last < index; last += 16) tokens[count++] = SIXTEEN_ZEROS << 21;
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

/** A refinement scan while it is made. */
interface Refinement {
  readonly list: TokenList;
  readonly ends: EndRun;
  /** Correction bits that no token holds yet, and how many. */
  bits: number;
  held: number;
}

/** Bit `low` of the AC coefficients of a band (T.81 G.1.2.3). */
export const addAcRefinement = (list: TokenList, plane: Plane, entries: Int32Array, band: Band): void => {
  const { starts, counts, stride, blocksWide, blocksHigh } = plane;
  const scan: Refinement = { list, ends: { length: 0, at: 0 }, bits: 0, held: 0 };
  for (let line = 0; line < blocksHigh; line += 1) {
    makeRoom(list, blocksWide * TOKENS_A_BLOCK);
    for (let block = line * stride; block < line * stride + blocksWide; block += 1) {
      const start = starts[block] ?? 0;
      refineBlock(scan, entries, start, start + (counts[block] ?? 0), band);
    }
  }
  makeRoom(list, 1);
  flushBits(scan);
  endRun(list, scan.ends);
};

/**
 * A symbol stands before the correction bits that are met on the way to it, so its token is left empty (`slot`) until
 * it is known.
 */
const refineBlock = (scan: Refinement, entries: Int32Array, start: number, stop: number, band: Band): void => {
  const { list, ends } = scan;
  const { tokens } = list;
  const { first, last: end, low } = band;
  const lastNew = lastNewIndex(entries, start, stop, band);
  let slot = 0;
  if (lastNew > 0) {
    endRun(list, ends);
    slot = openSlot(scan);
  }
  let isEnded = lastNew === end;
  let zeros = 0;
  let before = first - 1;
  for (let i = start; i < stop; i += 1) {
    const entry = entries[i] ?? 0;
    const index = entry & 63;
    const magnitude = Math.abs(entry >> 6) >> low;
    if (index < first || index > end || magnitude === 0) continue;
    if (index > lastNew && !isEnded) {
      addToRun(scan);
      isEnded = true;
    }
    zeros += index - before - 1;
    before = index;
    for (; zeros > 15 && index <= lastNew; zeros -= 16) {
      tokens[slot] = SIXTEEN_ZEROS << 21;
      slot = openSlot(scan);
    }
    if (magnitude > 1) {
      scan.bits = (scan.bits << 1) | (magnitude & 1);
      scan.held += 1;
      if (scan.held === 16) flushBits(scan);
    } else {
      tokens[slot] = (((zeros << 4) | 1) << 21) | (1 << 16) | (entry < 0 ? 0 : 1);
      zeros = 0;
      if (index < lastNew) slot = openSlot(scan);
    }
  }
  if (!isEnded) addToRun(scan);
};

const flushBits = (scan: Refinement): void => {
  const { list, held } = scan;
  if (held === 0) return;
  list.tokens[list.count++] = (NO_SYMBOL << 21) | (held << 16) | scan.bits;
  scan.bits = 0;
  scan.held = 0;
};

const openSlot = (scan: Refinement): number => {
  flushBits(scan);
  return scan.list.count++;
};

/** One more block that ends here; the correction bits that follow are its own. */
const addToRun = (scan: Refinement): void => {
  const { ends } = scan;
  if (ends.length === LONGEST_END_RUN) endRun(scan.list, ends);
  if (ends.length === 0) ends.at = openSlot(scan);
  ends.length += 1;
};

/** Index of the last coefficient of the band that bit `low` makes other than zero; 0 when there is none. */
const lastNewIndex = (entries: Int32Array, start: number, stop: number, { first, last: end, low }: Band): number => {
  for (let i = stop - 1; i >= start; i -= 1) {
    const entry = entries[i] ?? 0;
    const index = entry & 63;
    if (index < first) return 0;
    if (index <= end && Math.abs(entry >> 6) >> low === 1) return index;
  }
  return 0;
};
