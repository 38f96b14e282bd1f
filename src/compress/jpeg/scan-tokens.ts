/**
 * What a progressive scan says, as a list of tokens (ITU-T T.81, G.1.2): a Huffman symbol and the bits after it. The list is
 * made once; the symbols are counted in it, and it is written when the tables are known.
 */
import type { Coefficients } from './coefficients.ts';
import type { Memory } from './memory.ts';
import type { ScriptedScan } from './scan-script.ts';

/** Tokens of 16 zeros before the coefficients of a block, three at most, and one for its end. */
const MORE_IN_BLOCK = 4;

/**
 * Tokens `symbol << 21 | size << 16 | bits`: `size` bits, 0 … 16, follow the symbol. Valid until tokens are made for the same
 * scan again.
 */
export const tokensOf = (
  { planes, entries }: Coefficients,
  { plane: index, band: { first, last } }: ScriptedScan,
  memory: Memory,
): Int32Array => {
  const plane = planes[index];
  if (plane === undefined) return new Int32Array(0);
  const { blocksWide: wide, blocksHigh: high, stride } = plane;
  const blocks = wide * high;
  const use = `${index} ${first}`;
  const { kernel } = memory;
  if (first === 0) {
    const tokens = memory.int32(`tokens ${use}`, blocks);
    const dc = memory.addressOf(plane.dc, `dc ${use}`);
    return tokens.subarray(0, kernel.addDc(dc, wide, high, stride, tokens.byteOffset));
  }
  const coefficients = Math.min(entries.length, blocks * (last - first + 1));
  const tokens = memory.int32(`tokens ${use}`, coefficients + blocks * MORE_IN_BLOCK);
  const [startsAt, countsAt] = [memory.addressOf(plane.starts, 'starts'), memory.addressOf(plane.counts, 'counts')];
  const entriesAt = memory.addressOf(entries, 'entries');
  const count = kernel.addAc(first, last, startsAt, countsAt, entriesAt, wide, high, stride, tokens.byteOffset);
  return tokens.subarray(0, count);
};
