// Sequential scans: T.81 F.2, Huffman coding with 8-bit samples, baseline and extended.
import {
  COEFFICIENT_OUT_OF_RANGE,
  DC_OUT_OF_RANGE,
  ENDS_EARLY,
  NO_SUCH_CODE,
  TOO_MANY_COEFFICIENTS,
  WITHOUT_MEANING,
} from './faults.ts';
import { BEYOND_DC, BLOCK_ENDS, DC_LIFT, extend, LOOKS, MAX_AC_SIZE, MAX_DC_SIZE, symbolAt } from './huffman.ts';

// State, numbers of 32 bits: the place in bits, how many entries there are, and four predictions.
const LENGTH: usize = 4;
export const PREDICTIONS: usize = 8;

// Part of an MCU, numbers of 32 bits: the block it comes to next, the distance to the one after that, the place of its
// component in the scan, and its tables.
export const ACROSS: usize = 4;
export const COMPONENT: usize = 8;
export const DC_TABLE: usize = 12;
const AC_TABLE: usize = 16;
export const PART_BYTES: usize = 20;

/** An index no look leads to: the block is then decoded with care. */
const NEEDS_CARE: i32 = 64;

/**
 * Decodes MCUs that lie side by side, until `count` are done or the entries have come to `room`.
 *
 * A window has the next bits at its top, `held` of them, and what follows them is at `at`; it is filled to 56 bits and more
 * without a branch (F. Giesen, "Reading bits in far too many ways, part 2", 2018, variant 4).
 * @param state see above; and `parts`, of which there are `blocks`
 * @param look how many bits the tables look at
 * @param bits all data, and `limit`, the end of this interval in bits
 * @param dc of all blocks, 16 bits each; `starts` and `counts`: see `Plane`
 * @param entries receives the coefficients; room for 66 in each block of an MCU behind `room`
 * @returns how many MCUs are left, or a fault
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: its values stay in registers, which no function can return
export function decodeMcus(
  count: i32,
  state: usize,
  parts: usize,
  blocks: i32,
  look: i32,
  bits: usize,
  limit: i32,
  dc: usize,
  starts: usize,
  counts: usize,
  entries: usize,
  room: i32,
): i32 {
  const shift: u64 = 64 - look;
  const end: usize = parts + <usize>blocks * PART_BYTES;
  const full: usize = entries + (room << 2);
  let to: usize = entries + (load<i32>(state, LENGTH) << 2);
  let bit = load<i32>(state);
  let at: usize = bits + (bit >> 3) + 7;
  let held: u64 = 56 - (bit & 7);
  let window: u64 = bswap(load<u64>(at - 7)) << (bit & 7);
  let seen: i32 = 0;
  let left = count;
  for (; left > 0 && to <= full; left--) {
    for (let part = parts; part < end; part += PART_BYTES) {
      const block: usize = load<u32>(part);
      store<u32>(part, block + load<u32>(part, ACROSS));
      window |= bswap(load<u64>(at)) >> held;
      at += <usize>((63 - held) >> 3);
      held |= 56;
      const dcTable = load<usize>(part, DC_TABLE);
      let difference = <i32>load<i16>(dcTable + ((<usize>(window >> shift)) << 1), LOOKS);
      let length = difference & 15;
      difference >>= 4;
      if (length === 0) {
        const symbol = symbolAt(dcTable, window);
        const size = symbol & 255;
        if (symbol === 0 || size > MAX_DC_SIZE) return NO_SUCH_CODE;
        difference = extend(window << (symbol >> 8), size);
        length = (symbol >> 8) + size;
      }
      window <<= length;
      held -= length;
      const prediction: usize = state + (load<u32>(part, COMPONENT) << 2);
      const value = load<i32>(prediction, PREDICTIONS) + difference;
      store<i32>(prediction, value, PREDICTIONS);
      store<i16>(dc + (block << 1), value);
      seen |= value + DC_LIFT;
      bit = ((<i32>(at - bits)) << 3) - <i32>held;
      const start = to;
      const acTable = load<usize>(part, AC_TABLE);
      let index: i32 = 0;
      for (;;) {
        window |= bswap(load<u64>(at)) >> held;
        at += <usize>((63 - held) >> 3);
        held |= 56;
        let line = acTable + ((<usize>(window >> shift)) << 3);
        let found = <i32>load<u16>(line, LOOKS + 6);
        if (found === 0) {
          const symbol = symbolAt(acTable, window);
          const size = symbol & 15;
          if (size === 0 || size > MAX_AC_SIZE) {
            index = NEEDS_CARE;
            break;
          }
          index += ((symbol >> 4) & 15) + 1;
          store<i32>(to, (extend(window << (symbol >> 8), size) << 6) + index);
          to += 4;
          window <<= (symbol >> 8) + size;
          held -= (symbol >> 8) + size;
          if (index >= 63) break;
          continue;
        }
        v128.store(to, i32x4.add(v128.load16x4_s(line, LOOKS), i32x4.splat(index)));
        to += (found >> 4) & 12;
        index += found >> 8;
        window <<= found & 15;
        held -= found & 15;
        if (index >= 63) break;
        // Where no symbol is whole these three change nothing.
        for (let again = 0; again < 3; again++) {
          line = acTable + ((<usize>(window >> shift)) << 3);
          found = <i32>load<u16>(line, LOOKS + 6);
          v128.store(to, i32x4.add(v128.load16x4_s(line, LOOKS), i32x4.splat(index)));
          to += (found >> 4) & 12;
          index += found >> 8;
          window <<= found & 15;
          held -= found & 15;
          if (index >= 63) break;
        }
        if (index >= 63) break;
      }
      store<u32>(starts + (block << 2), <u32>(start - entries) >> 2);
      if (index !== 63 && (index < BLOCK_ENDS || index > BLOCK_ENDS + 62)) {
        if ((seen & BEYOND_DC) !== 0) return DC_OUT_OF_RANGE;
        store<i32>(state, bit);
        const stop = finishBlock(state, acTable, bits, start);
        if (stop < 0) return stop;
        to = start + (stop << 2);
        bit = load<i32>(state);
        at = bits + (bit >> 3) + 7;
        held = 56 - (bit & 7);
        window = bswap(load<u64>(at - 7)) << (bit & 7);
      }
      store<u8>(counts + block, <u32>(to - start) >> 2);
    }
    bit = ((<i32>(at - bits)) << 3) - <i32>held;
    if (bit > limit) return ENDS_EARLY;
  }
  if ((seen & BEYOND_DC) !== 0) return DC_OUT_OF_RANGE;
  store<i32>(state, bit);
  store<i32>(state, <i32>(<u32>(to - entries) >> 2), LENGTH);
  return left;
}

/**
 * Decodes the AC of a block symbol by symbol: for what is rare, and because a look can go over the end of a block whose
 * last coefficient is not zero, for then no end is sent.
 * @param state moves to the end of the block
 * @param made receives the entries
 * @returns how many entries, or a fault
 */
function finishBlock(state: usize, table: usize, bits: usize, made: usize): i32 {
  let bit = load<i32>(state);
  let count: i32 = 0;
  for (let index = 0; index < 63; ) {
    let window = bswap(load<u64>(bits + (bit >> 3))) << (bit & 7);
    const symbol = symbolAt(table, window);
    if (symbol === 0) return NO_SUCH_CODE;
    const run = (symbol >> 4) & 15;
    const size = symbol & 15;
    bit += (symbol >> 8) + size;
    if (size === 0) {
      if (run === 0) break;
      if (run !== 15) return WITHOUT_MEANING;
      index += 16;
      if (index > 63) return TOO_MANY_COEFFICIENTS;
      continue;
    }
    index += run + 1;
    if (size > MAX_AC_SIZE || index > 63) return COEFFICIENT_OUT_OF_RANGE;
    window <<= symbol >> 8;
    store<i32>(made + (count << 2), (extend(window, size) << 6) + index);
    count++;
  }
  store<i32>(state, bit);
  return count;
}
