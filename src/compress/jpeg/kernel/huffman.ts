// Huffman tables for decoding (T.81 annex C, F.2.2.3), and the bits they are used on.
import { TOO_MANY_CODES } from './faults.ts';

/**
 * Codes up to this many bits are looked up at once, longer ones in a second step. A window of 56 bits holds four looks.
 */
export const LOOK: i32 = 12;

// A table. First `length << 8 | symbol`, 16 bits, 0 where no code is: for each LOOK bits that begin with a whole code, and
// for each 16 bits that begin with a longer one; such codes are the last of all. Then what is seen at a look.
const LONG: usize = 2 << LOOK;
export const LOOKS: usize = LONG + (2 << 16);
export const HUFFMAN_TABLE_BYTES: usize = LOOKS + (8 << LOOK);

/** Largest category of an 8-bit DC difference and AC coefficient (T.81 tables F.1 and F.2). */
export const MAX_DC_SIZE: i32 = 11;
export const MAX_AC_SIZE: i32 = 10;

// DC coefficients are −1024 … 1023 (T.81 A.3.3): lifted by so much they have none of these bits, and so have many or-ed.
export const DC_LIFT: i32 = 1024;
export const BEYOND_DC: i32 = ~2047;

/**
 * Makes what finds single symbols.
 * @param counts of the lengths 1 to 16, a byte each
 * @param symbols in order of their codes, a byte each
 * @returns 0, or a fault when there are more codes than lengths allow, or one of ones only (T.81 C.2)
 */
export function fillSymbols(table: usize, counts: usize, symbols: usize): i32 {
  memory.fill(table, 0, LONG);
  let code: i32 = 0;
  let from = symbols;
  for (let length = 1; length <= 16; length++) {
    let to: usize = table;
    let spare = LOOK - length;
    if (length > LOOK) {
      to = table + LONG;
      spare = 16 - length;
      const firstLong: usize = code << spare;
      if (length === LOOK + 1) memory.fill(to + (firstLong << 1), 0, ((1 << 16) - firstLong) << 1);
    }
    const count = <i32>load<u8>(counts + length - 1);
    if (count > 0 && code + count >= 1 << length) return TOO_MANY_CODES;
    for (let i = 0; i < count; i++) {
      const entry = (length << 8) | <i32>load<u8>(from++);
      const end = to + ((code + 1) << (spare + 1));
      for (let at = to + (code << (spare + 1)); at < end; at += 2) store<u16>(at, entry);
      code++;
    }
    code <<= 1;
  }
  return 0;
}

/** The symbol at the head of a window, `length << 8 | symbol`, or 0. */
export function symbolAt(table: usize, window: u64): i32 {
  const short = <i32>load<u16>(table + ((<usize>(window >> (64 - LOOK))) << 1));
  return short !== 0 ? short : <i32>load<u16>(table + ((<usize>(window >> 48)) << 1), LONG);
}

/** The signed value that the first `size` bits of a window stand for (T.81 F.2.2.1, EXTEND). */
export function extend(window: u64, size: i32): i32 {
  // In two steps, as a shift by 64 is none.
  const bits = <i32>((window >> 1) >> (63 - size));
  return bits + (((-1 << size) + 1) & ~(<i32>(<i64>window >> 63)));
}

/** For each `bits` bits that begin with a whole DC difference: `difference << 4 | length`, 16 bits; else 0. */
export function fillDifferences(table: usize, bits: i32): void {
  for (let look = 0; look < 1 << bits; look++) {
    const window = (<u64>look) << (64 - bits);
    const entry = <i32>load<u16>(table + (look << (LOOK - bits + 1)));
    const size = entry & 255;
    const length = (entry >> 8) + size;
    const isWhole = entry !== 0 && size <= MAX_DC_SIZE && length <= bits;
    const value = isWhole ? extend(window << (entry >> 8), size) : 0;
    store<i16>(table + (look << 1), isWhole ? (value << 4) | length : 0, LOOKS);
  }
}

/** Most coefficients at a look. */
const MOST_AT_A_LOOK: i32 = 3;
/** Larger values do not fit into 16 bits with their index; only codes of one or two bits would leave them room at a look. */
const MAX_SIZE_AT_A_LOOK: i32 = 9;
/** What the end of a block adds to the index, so that one comparison sees it. */
export const BLOCK_ENDS: i32 = 128;

/**
 * AC coefficients, several at a look. For each `bits` bits there are four numbers of 16 bits:
 * - up to three coefficients, as in `Coefficients.entries`, their index counted from the one before;
 * - `advance << 8 | coefficients << 6 | length`: how far the index moves (with BLOCK_ENDS when the block ends), how many
 *   coefficients are not zero, and the bits all this takes; 0 when not even one symbol is whole.
 */
export function fillCoefficients(table: usize, bits: i32): void {
  const mask = (1 << bits) - 1;
  for (let look = 0; look <= mask; look++) {
    const to = table + LOOKS + (look << 3);
    let used: i32 = 0;
    let index: i32 = 0;
    let count: i32 = 0;
    store<u64>(to, 0);
    while (index < BLOCK_ENDS) {
      const rest = (look << used) & mask;
      const entry = <i32>load<u16>(table + (rest << (LOOK - bits + 1)));
      const size = entry & 15;
      const length = (entry >> 8) + size;
      const moves = advance((entry >> 4) & 15, size);
      if (entry === 0 || moves === 0 || used + length > bits || index + (moves & 127) > 63) break;
      if (size > 0) {
        if (count === MOST_AT_A_LOOK) break;
        const value = extend(((<u64>rest) << (64 - bits)) << (entry >> 8), size);
        store<i16>(to + (count << 1), value * 64 + index + moves);
        count++;
      }
      index += moves;
      used += length;
    }
    store<u16>(to, (index << 8) | (count << 6) | used, 6);
  }
}

/** How far a symbol moves the index in its block; 0 for those that need a closer look or do not exist. */
function advance(run: i32, size: i32): i32 {
  if (size > 0) return size > MAX_SIZE_AT_A_LOOK ? 0 : run + 1;
  if (run === 0) return BLOCK_ENDS;
  return run === 15 ? 16 : 0;
}
