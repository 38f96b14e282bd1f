// What becomes of each possible coefficient under new steps: the lines of a table, filled by `fillTable`. Lines 0 …
// OTHER_LINE − 1 are those of the values that are looked up; behind OTHER_LINE are those worked out when they are met.

/** Values −32 … 31 are looked up; others are worked out when they are met. */
const TABLED: i32 = 32;
/** An entry has its line at `entry + MIDDLE`, or has none. */
export const MIDDLE: i32 = TABLED << 6;
/** Stands for the line of an entry that has none yet. */
export const OTHER_LINE: i32 = 2 * MIDDLE;

/** Blocks looked at together: few enough for their candidates to stay in the processor's first cache. */
export const CHUNK: i32 = 128;
const LINES: i32 = OTHER_LINE + 1 + 63 * CHUNK;

// A table: of each line the new entry and its term; whether they are candidates; the ratios of the steps.
export const TERM: usize = 4;
export const IS_CANDIDATE: usize = LINES << 3;
const RATIOS: usize = (IS_CANDIDATE + OTHER_LINE + 1 + 7) & ~7;
const BITS_OF_ERROR: usize = RATIOS + 64 * 8;
export const VALUE_TABLE_BYTES: usize = BITS_OF_ERROR + 8;

/** Worth any cost: four codes of 16 bits and a value of ten, and what they do to the ones after them. */
const PRICELESS: f64 = 128;
/** Bits of the cheapest coefficient there is: a code of two, a value of one. */
const CHEAPEST: f64 = 2.5;
/** Bits that a value with one binary digit less saves, with the code before it: 2 against 1, 4 against 3. */
const ONE_DIGIT: f64 = 2.5;

/** Costs are counted in units of 1/BIT bit; `BIT` of symbol-rates.ts. */
const BIT: f64 = 64;
/** The place of a rate takes this many bits of a term; the rest is what the value is worth. */
export const RATE_BITS: i32 = 10;

/**
 * @param from steps of the source, 64 numbers of 16 bits in zigzag order
 * @param to the new steps
 * @param lambda squared steps that one bit is worth, above 0
 */
export function fillTable(table: usize, from: usize, to: usize, lambda: f64): void {
  store<f64>(table + BITS_OF_ERROR, 1 / lambda);
  for (let k = 0; k < 64; k++) {
    const ratio = <f64>load<u16>(from + (k << 1)) / <f64>load<u16>(to + (k << 1));
    store<f64>(table + RATIOS + (k << 3), ratio);
  }
  store<u8>(table + IS_CANDIDATE + OTHER_LINE, 1);
  for (let magnitude = 0; magnitude <= TABLED; magnitude++) {
    for (let k = 0; k < 64; k++) {
      const line = MIDDLE + (magnitude << 6) + k;
      const mirrored = MIDDLE - (magnitude << 6) + k;
      // Index 0 is no coefficient of AC, and no entry has the value 0.
      const isCandidate = k > 0 && magnitude > 0 ? fillLine(table, mirrored, mirrored - MIDDLE) : 0;
      store<u8>(table + IS_CANDIDATE + mirrored, isCandidate);
      if (magnitude === TABLED) continue;
      const made = load<i32>(table + (mirrored << 3));
      store<i32>(table + (line << 3), (-(made >> 6) << 6) | k);
      store<i32>(table + TERM + (line << 3), load<i32>(table + TERM + (mirrored << 3)));
      store<u8>(table + IS_CANDIDATE + line, isCandidate);
    }
  }
}

/** Works out the line of an entry; 1 when it is a candidate, 0 when it would never be worth its bits. */
export function fillLine(table: usize, line: i32, entry: i32): i32 {
  const k = entry & 63;
  const bitsOfError = load<f64>(table + BITS_OF_ERROR);
  const exact = <f64>abs(entry >> 6) * load<f64>(table + RATIOS + (k << 3));
  const nearest = <i32>(exact + 0.5);
  const hasMoreDigits = nearest > 1 && (nearest & (nearest - 1)) === 0;
  // The error of `nearest − 1` is 2 (exact − nearest) + 1 greater.
  const isLowered = hasMoreDigits && (2 * (exact - <f64>nearest) + 1) * bitsOfError < ONE_DIGIT;
  const value = isLowered ? nearest - 1 : nearest;
  // A value that is not looked up is a candidate even when it becomes 0, which no code can say: it must not stay.
  const gain = <f64>value * (2 * exact - <f64>value) * bitsOfError;
  const worth = value === 0 ? -PRICELESS : min(PRICELESS, gain);
  const bits = 32 - clz(value);
  store<i32>(table + (line << 3), ((entry < 0 ? -value : value) << 6) | k);
  store<i32>(table + TERM + (line << 3), ((<i32>(worth * BIT + 0.5)) << RATE_BITS) | ((k - 1) << 4) | bits);
  return worth < CHEAPEST ? 0 : 1;
}
