/** What becomes of each possible coefficient under new steps. */
import { BIT } from './symbol-rates.ts';

/** Values −32 … 31 are looked up; others are worked out when they are met. */
const TABLED = 32;
/** An entry (see `Coefficients`) has its line at `entry + MIDDLE`, which has {@link LINE_BITS} bits, or has none. */
export const MIDDLE = TABLED << 6;
export const LINE_BITS = 12;
/** Stands for the line of an entry that has none yet. Behind it is room for such. */
export const OTHER_LINE = 2 * MIDDLE;

/** Worth any cost: four codes of 16 bits and a value of ten, and what they do to the ones after them. */
const PRICELESS = 128;
/** Bits of the cheapest coefficient there is: a code of two, a value of one. */
const CHEAPEST = 2.5;
/** Bits that a value with one binary digit less saves, with the code before it: 2 against 1, 4 against 3. */
const ONE_DIGIT = 2.5;

/** The place of a rate takes this many bits of {@link ValueTable.terms}; the rest is what the value is worth. */
export const RATE_BITS = 10;

/**
 * Coefficients of one plane under new steps. Errors count in squares of the new step, so that a step says how visible an
 * error of its size is, and are turned into bits by lambda: the squared steps that one bit is worth.
 */
export class ValueTable {
  /** The new entry, with the value that is nearest or cheapest. */
  readonly entries: Int32Array;
  /**
   * `worth << RATE_BITS | rate`. Worth: bits that the new value may cost before a zero is the better choice, in units of
   * 1/`BIT` bit. Rate: where `SymbolRates.coefficients` has its cost when no coefficient is before it.
   */
  readonly terms: Int32Array;
  /** 0 when the value would never be worth its bits, 1 otherwise. */
  readonly isCandidate: Uint8Array;
  readonly #from: Uint16Array;
  readonly #to: Uint16Array;
  readonly #ratios: Float64Array;
  readonly #bitsOfError: number;

  /**
   * @param from steps of the source, in zigzag order
   * @param to the new steps
   * @param lambda above 0
   * @param room how many values that are not looked up can be there at a time
   */
  constructor(from: Uint16Array, to: Uint16Array, lambda: number, room: number) {
    const lines = OTHER_LINE + 1 + room;
    this.entries = new Int32Array(lines);
    this.terms = new Int32Array(lines);
    this.isCandidate = new Uint8Array(OTHER_LINE + 1);
    this.isCandidate[OTHER_LINE] = 1;
    this.#from = from;
    this.#to = to;
    this.#ratios = Float64Array.from(from, (step, k) => step / (to[k] ?? 1));
    this.#bitsOfError = 1 / lambda;
    for (let value = -TABLED; value < TABLED; value += 1) {
      for (let k = 1; k < 64 && value !== 0; k += 1) {
        const entry = (value << 6) | k;
        this.isCandidate[entry + MIDDLE] = this.#set(entry + MIDDLE, entry);
      }
    }
  }

  isFor(from: Uint16Array, to: Uint16Array): boolean {
    return this.#from.every((step, k) => step === from[k]) && this.#to.every((step, k) => step === to[k]);
  }

  /** Makes a line for the `other`-th value that is not looked up, and returns where it is. */
  addOther(entry: number, other: number): number {
    const line = OTHER_LINE + 1 + other;
    this.#set(line, entry);
    return line;
  }

  /** Works out the line of an entry; 1 when it is a candidate. */
  #set(line: number, entry: number): 0 | 1 {
    const k = entry & 63;
    const exact = Math.abs(entry >> 6) * (this.#ratios[k] ?? 1);
    const nearest = (exact + 0.5) | 0;
    const hasMoreDigits = nearest > 1 && (nearest & (nearest - 1)) === 0;
    // The error of `nearest − 1` is 2 (exact − nearest) + 1 greater.
    const isLowered = hasMoreDigits && (2 * (exact - nearest) + 1) * this.#bitsOfError < ONE_DIGIT;
    const value = isLowered ? nearest - 1 : nearest;
    // A value that is not looked up is a candidate even when it becomes 0, which no code can say: it must not stay.
    const worth = value === 0 ? -PRICELESS : Math.min(PRICELESS, value * (2 * exact - value) * this.#bitsOfError);
    this.entries[line] = ((entry < 0 ? -value : value) << 6) | k;
    this.terms[line] = (((worth * BIT + 0.5) | 0) << RATE_BITS) | ((k - 1) << 4) | (32 - Math.clz32(value));
    return worth < CHEAPEST ? 0 : 1;
  }
}
