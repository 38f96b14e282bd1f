/**
 * What a progressive scan says, as a list of tokens (ITU-T T.81, G.1.2): a Huffman symbol and the bits after it. The list is
 * made once; the symbols are counted in it, and it is written when the tables are known.
 *
 * Tokens are `symbol << 21 | size << 16 | bits`: `size` bits, 0 … 16, follow the symbol. They are valid until tokens are made
 * for the same plane again.
 */
import type { Plane } from './coefficients.ts';
import type { Memory } from './memory.ts';

/** The scans of a plane. */
export interface PlaneTokens {
  readonly dc: Int32Array;
  /** AC coefficients up to a cut, and the others. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
}

/** Tokens of 16 zeros before the coefficients of a block, three at most, and one for its end. */
const MORE_IN_BLOCK = 4;

/** @param use keeps planes apart */
export const tokensOf = (plane: Plane, entries: Int32Array, cut: number, memory: Memory, use: string): PlaneTokens => {
  const { blocksWide: wide, blocksHigh: high, stride } = plane;
  const { kernel } = memory;
  const blocks = wide * high;
  const dc = memory.int32(`${use} dc tokens`, blocks);
  const dcCount = kernel.makeDcTokens(memory.addressOf(plane.dc, 'given dc'), wide, high, stride, dc.byteOffset);
  const lower = memory.int32(`${use} lower tokens`, blocks * (cut + 1));
  const upper = memory.int32(`${use} upper tokens`, Math.min(entries.length, blocks * 63) + blocks * MORE_IN_BLOCK);
  const made = memory.int32('token counts', 2);
  const starts = memory.addressOf(plane.starts, 'given starts');
  const counts = memory.addressOf(plane.counts, 'given counts');
  const from = memory.addressOf(entries, 'given entries');
  kernel.makeAcTokens(
    cut,
    starts,
    counts,
    from,
    wide,
    high,
    stride,
    lower.byteOffset,
    upper.byteOffset,
    made.byteOffset,
  );
  const [lowerCount, upperCount] = made;
  return { dc: dc.subarray(0, dcCount), lower: lower.subarray(0, lowerCount), upper: upper.subarray(0, upperCount) };
};
