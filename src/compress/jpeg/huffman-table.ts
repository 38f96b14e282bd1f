/** Huffman tables for decoding (T.81 annex C, F.2.2.3). */
import { damaged, type JpegFault } from './jpeg-fault.ts';

/** A table as the file states it (B.2.4.2): how many codes of each length 1–16, and the symbols in order of code. */
export interface HuffmanSpec {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/**
 * Codes up to this many bits are looked up, longer ones searched. With a value of up to 12 bits behind it a window of
 * 25 bits holds two looks.
 */
export const LOOK = 12;

/** Finds one symbol in two steps. */
export interface SymbolTable {
  /**
   * `length << 8 | symbol`; 0 where no code is. First for each LOOK bits that begin with a whole code; behind them, for
   * each 16 bits that begin with a longer code: such codes are the last of all.
   */
  readonly symbols: Uint16Array;
  /** What added to 16 bits gives their place in the second part. */
  readonly long: number;
}

/** @throws JpegFault `damaged` when there are more codes than lengths allow, or one of ones only (C.2) */
export const symbolTable = ({ counts, symbols }: HuffmanSpec): SymbolTable => {
  let found = new Uint16Array(1 << LOOK);
  let code = 0;
  let place = 0;
  let long = 0;
  for (let length = 1; length <= 16; length += 1) {
    if (length === LOOK + 1) {
      const firstLong = code << (16 - length);
      const short = found;
      found = new Uint16Array(short.length + (1 << 16) - firstLong);
      found.set(short);
      long = short.length - firstLong;
    }
    const count = counts[length - 1] ?? 0;
    const spare = (length <= LOOK ? LOOK : 16) - length;
    for (let i = 0; i < count; i += 1, place += 1, code += 1) {
      const entry = (length << 8) | (symbols[place] ?? 0);
      found.fill(entry, (code << spare) + long, ((code + 1) << spare) + long);
    }
    if (count > 0 && code >= 1 << length) throw damaged('a Huffman table has too many codes');
    code <<= 1;
  }
  return { symbols: found, long };
};

/**
 * The symbol at the head of a window: `length << 8 | symbol`.
 * @param window at least 16 bits of data, from the top of an int32
 * @throws JpegFault `damaged` when no code begins like this
 */
export const symbolAt = ({ symbols, long }: SymbolTable, window: number): number => {
  const entry = symbols[window >>> (32 - LOOK)] || symbols[(window >>> 16) + long];
  if (!entry) throw noSuchCode();
  return entry;
};

export const noSuchCode = (): JpegFault => damaged('its data has a code that is in no table');

/** The signed value that `size` bits stand for (T.81 F.2.2.1, EXTEND). */
export const extend = (bits: number, size: number): number => (bits < 1 << (size - 1) ? bits + 1 - (1 << size) : bits);

/** Largest category of an 8-bit DC difference and AC coefficient (T.81 tables F.1 and F.2). */
export const MAX_DC_SIZE = 11;
export const MAX_AC_SIZE = 10;

/** For each `bits` bits that begin with a whole DC difference: `difference << 8 | length`; else 0. */
export const differenceTable = (table: SymbolTable, bits: number): Int32Array => {
  const differences = new Int32Array(1 << bits);
  for (let window = 0; window < 1 << bits; window += 1) {
    const entry = table.symbols[window << (LOOK - bits)] ?? 0;
    const size = entry & 255;
    const length = (entry >> 8) + size;
    if (entry === 0 || size > MAX_DC_SIZE || length > bits) continue;
    const value = size === 0 ? 0 : extend((window >> (bits - length)) & ((1 << size) - 1), size);
    differences[window] = (value << 8) | length;
  }
  return differences;
};

/** Numbers for each look into a coefficient table. */
const COEFFICIENT_STRIDE = 4;
/** Most coefficients at a look. */
const MOST_AT_A_LOOK = 3;
/** What the end of a block adds to the index, so that one comparison sees it. */
export const END_OF_BLOCK = 128;

/**
 * AC coefficients, several at a look. For each `bits` bits there are four numbers:
 * - `coefficients << 16 | advance << 8 | length`: how many coefficients that are not zero, how far the index moves (with
 *   END_OF_BLOCK when the block ends), and the bits all this takes; 0 when not even one symbol is whole;
 * - up to three coefficients, as in `Coefficients.entries`, their index counted from the one before.
 */
export const coefficientTable = (table: SymbolTable, bits: number): Int32Array => {
  const found = new Int32Array(COEFFICIENT_STRIDE << bits);
  for (let window = 0; window < 1 << bits; window += 1) {
    const at = window * COEFFICIENT_STRIDE;
    let used = 0;
    let index = 0;
    let count = 0;
    while (index < END_OF_BLOCK) {
      const entry = table.symbols[((window << used) & ((1 << bits) - 1)) << (LOOK - bits)] ?? 0;
      const size = entry & 15;
      const run = (entry >> 4) & 15;
      const length = (entry >> 8) + size;
      const moves = advance(run, size);
      if (entry === 0 || moves === 0 || used + length > bits || index + (moves & 127) > 63) break;
      if (size > 0) {
        if (count === MOST_AT_A_LOOK) break;
        const value = extend((window >> (bits - used - length)) & ((1 << size) - 1), size);
        count += 1;
        found[at + count] = value * 64 + index + moves;
      }
      index += moves;
      used += length;
    }
    found[at] = (count << 16) | (index << 8) | used;
  }
  return found;
};

/** How far a symbol moves the index in its block; 0 for those that need a closer look or do not exist. */
const advance = (run: number, size: number): number => {
  if (size > 0) return size > MAX_AC_SIZE ? 0 : run + 1;
  if (run === 0) return END_OF_BLOCK;
  return run === 15 ? 16 : 0;
};

/** 32 bits from the place `bit` on, of which the last seven may be zeros. */
export const windowAt = (bits: DataView, bit: number): number => bits.getInt32(bit >> 3) << (bit & 7);

export const bitAt = (bits: DataView, bit: number): number => (bits.getUint8(bit >> 3) >> (7 - (bit & 7))) & 1;

/**
 * A DC difference at the place `bit` that need not be in the table: `difference << 8 | length`.
 * @throws JpegFault `damaged`
 */
export const differenceAt = (table: SymbolTable, bits: DataView, bit: number): number => {
  const entry = symbolAt(table, windowAt(bits, bit));
  const length = entry >> 8;
  const size = entry & 255;
  if (size > MAX_DC_SIZE) throw damaged('a brightness is out of range');
  if (size === 0) return length;
  return (extend(windowAt(bits, bit + length) >>> (32 - size), size) << 8) | (length + size);
};
