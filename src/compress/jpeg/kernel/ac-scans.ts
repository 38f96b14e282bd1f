// AC scans of progressive files, each of one component (T.81 G.1.2.2, G.1.2.3); see band.ts for where coefficients are.
import { COEFFICIENT_OUT_OF_RANGE, ENDS_EARLY, NO_SUCH_CODE, TOO_MANY_COEFFICIENTS } from './faults.ts';
import { extend, MAX_AC_SIZE, symbolAt } from './huffman.ts';

// State, numbers of 32 bits: the place in bits, and how many blocks are still to come in which nothing more begins.
const RUN: usize = 4;

/**
 * The first scan of a band: coefficients without their `low` lowest bits.
 * @param from the first of `count` blocks
 * @param bits all data, and `limit`, the end of this interval in bits
 * @param coefficients of all blocks, and `present`: see `Band`
 * @returns 0 or a fault
 */
export function decodeAcFirst(
  from: i32,
  count: i32,
  state: usize,
  table: usize,
  bits: usize,
  limit: i32,
  first: i32,
  last: i32,
  low: i32,
  coefficients: usize,
  present: usize,
): i32 {
  let bit = load<i32>(state);
  let at: usize = bits + (bit >> 3) + 7;
  let held: u64 = 56 - (bit & 7);
  let window = bswap(load<u64>(at - 7)) << (bit & 7);
  let run = load<i32>(state, RUN);
  let seen: i32 = 0;
  const stop = from + count;
  let block = from + min(run, count);
  run -= block - from;
  while (block < stop) {
    const values: usize = coefficients + (block << 7);
    let mask = load<u64>(present + (block << 3));
    for (let index = first - 1; index < last; ) {
      window |= bswap(load<u64>(at)) >> held;
      at += <usize>((63 - held) >> 3);
      held |= 56;
      const symbol = symbolAt(table, window);
      if (symbol === 0) return NO_SUCH_CODE;
      const zeros = (symbol >> 4) & 15;
      const size = symbol & 15;
      window <<= symbol >> 8;
      held -= symbol >> 8;
      if (size === 0) {
        if (zeros < 15) {
          run = runOf(zeros, window) - 1;
          window <<= zeros;
          held -= zeros;
          break;
        }
        index += 16;
        if (index > last) return TOO_MANY_COEFFICIENTS;
        continue;
      }
      index += zeros + 1;
      if (size > MAX_AC_SIZE || index > last) return COEFFICIENT_OUT_OF_RANGE;
      const value = extend(window, size) << low;
      window <<= size;
      held -= size;
      store<i16>(values + (index << 1), value);
      seen |= abs(value);
      mask |= (<u64>1) << index;
    }
    store<u64>(present + (block << 3), mask);
    bit = ((<i32>(at - bits)) << 3) - <i32>held;
    if (bit > limit) return ENDS_EARLY;
    const skipped = min(run, stop - block - 1);
    block += skipped + 1;
    run -= skipped;
  }
  // Magnitudes or-ed: too large when one of them is.
  if (seen >= 1 << MAX_AC_SIZE) return COEFFICIENT_OUT_OF_RANGE;
  store<i32>(state, bit);
  store<i32>(state, run, RUN);
  return 0;
}

/** Beyond all places, further than any run of zeros reaches. */
const NOWHERE: i32 = 128;

/**
 * A later scan of a band: the bit `low` of what is not zero yet, and what becomes so now.
 * @param block the first of `count` blocks; the others as above
 * @returns 0 or a fault
 */
export function decodeAcRefine(
  block: i32,
  count: i32,
  state: usize,
  table: usize,
  bits: usize,
  limit: i32,
  first: i32,
  last: i32,
  low: i32,
  coefficients: usize,
  present: usize,
): i32 {
  const band = (u64.MAX_VALUE >> (63 - last)) & (u64.MAX_VALUE << first);
  let bit = load<i32>(state);
  let run = load<i32>(state, RUN);
  for (const stop = block + count; block < stop; block++) {
    const values: usize = coefficients + (block << 7);
    let mask = load<u64>(present + (block << 3));
    // What was there before this scan and is still to be refined.
    let rest = mask & band;
    for (let at = first; run === 0 && at <= last; at++) {
      const window = bswap(load<u64>(bits + (bit >> 3))) << (bit & 7);
      const symbol = symbolAt(table, window);
      if (symbol === 0) return NO_SUCH_CODE;
      let zeros = (symbol >> 4) & 15;
      const size = symbol & 15;
      const behind = window << (symbol >> 8);
      bit += symbol >> 8;
      if (size === 0 && zeros < 15) {
        run = runOf(zeros, behind);
        bit += zeros;
        break;
      }
      // Only ±1 can come, its sign in the bit behind the code.
      if (size > 1 || (size === 1 && low >= MAX_AC_SIZE)) return COEFFICIENT_OUT_OF_RANGE;
      bit += size;
      for (;;) {
        const next = rest !== 0 ? <i32>ctz(rest) : NOWHERE;
        if (next - at > zeros) break;
        zeros -= next - at;
        at = next + 1;
        rest &= rest - 1;
        refine(values + (next << 1), bits, bit++, low);
      }
      at += zeros;
      if (at > last) return TOO_MANY_COEFFICIENTS;
      if (size === 0) continue;
      const sign: i32 = <i64>behind < 0 ? 1 : -1;
      store<i16>(values + (at << 1), sign << low);
      mask |= (<u64>1) << at;
    }
    store<u64>(present + (block << 3), mask);
    if (run > 0) {
      run--;
      for (; rest !== 0; rest &= rest - 1) refine(values + ((<usize>ctz(rest)) << 1), bits, bit++, low);
    }
    if (bit > limit) return ENDS_EARLY;
  }
  store<i32>(state, bit);
  store<i32>(state, run, RUN);
  return 0;
}

/** Makes a coefficient greater in magnitude when the bit at the place `bit` says so. */
function refine(at: usize, bits: usize, bit: i32, low: i32): void {
  const value = <i32>load<i16>(at);
  const more = ((<i32>load<u8>(bits + (bit >> 3)) >> (7 - (bit & 7))) & 1) << low;
  const sign = value >> 31;
  store<i16>(at, value + ((more ^ sign) - sign));
}

/** How many blocks the symbol EOBn ends, this one included (T.81 table G.1): `window` begins behind its code. */
function runOf(exponent: i32, window: u64): i32 {
  // In two steps, as a shift by 64 is none.
  return (1 << exponent) + <i32>((window >> 1) >> (63 - exponent));
}
