/** AC scans of progressive files, each of one component (T.81 G.1.2.2, G.1.2.3). */
import { type Band, lowestBit } from './band.ts';
import type { Component } from './frame.ts';
import { bitAt, LOOK, MAX_AC_SIZE, noSuchCode, type SymbolTable, symbolTable, windowAt } from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import { type McuDecoder, requireEnd, requireSpec, type Scan } from './scans.ts';

/** What the two kinds of scans have in common. */
class AcScan {
  protected readonly scan: Scan;
  protected readonly bits: DataView;
  protected readonly band: Band;
  protected readonly stride: number;
  protected readonly table: SymbolTable;
  protected bit = 0;
  protected to = 0;
  /** Blocks still to come in which nothing more begins. */
  protected run = 0;

  constructor({ stride }: Component, scan: Scan, bits: DataView, band: Band) {
    this.scan = scan;
    this.bits = bits;
    this.band = band;
    this.stride = stride;
    this.table = symbolTable(requireSpec(scan.ac[0]));
  }

  begin(from: number, to: number): void {
    this.bit = from * 8;
    this.to = to;
    this.run = 0;
  }

  end(): void {
    if (this.run > 0) throw damaged('a run of empty blocks is too long');
    requireEnd(this.bit, this.to);
  }
}

/** How many blocks the symbol EOBn ends, this one included (T.81 table G.1): `window` begins behind its code. */
const runOf = (exponent: number, window: number): number =>
  // In two steps, as a shift by 32 is none.
  (1 << exponent) + ((window >>> 1) >>> (31 - exponent));

/** The first scan of a band: coefficients without their lowest bits. */
export class AcFirst extends AcScan implements McuDecoder {
  decode(row: number, column: number, count: number): void {
    const { bits } = this;
    const { first, last, low } = this.scan;
    const { coefficients, present } = this.band;
    const { symbols, long } = this.table;
    const limit = this.to * 8;
    let block = row * this.stride + column;
    const stop = block + count;
    let [bit, run, seen] = [this.bit, this.run, 0];
    while (block < stop) {
      if (run > 0) {
        const skipped = Math.min(run, stop - block);
        run -= skipped;
        block += skipped;
        continue;
      }
      let index = first - 1;
      while (index < last) {
        const window = windowAt(bits, bit);
        const entry = symbols[window >>> (32 - LOOK)] || symbols[(window >>> 16) + long] || 0;
        if (entry === 0) throw noSuchCode();
        const zeros = (entry >> 4) & 15;
        const size = entry & 15;
        bit += entry >> 8;
        const behind = windowAt(bits, bit);
        if (size === 0) {
          if (zeros < 15) {
            run = runOf(zeros, behind) - 1;
            bit += zeros;
            break;
          }
          index += 16;
          if (index > last) throw damaged('a block has too many coefficients');
          continue;
        }
        index += zeros + 1;
        bit += size;
        if (size > MAX_AC_SIZE || index > last) throw damaged('a coefficient is out of range');
        // EXTEND of T.81 F.2.2.1, without a branch.
        const value = ((behind >>> (32 - size)) + (((-1 << size) + 1) & ~(behind >> 31))) << low;
        coefficients[block * 64 + index] = value;
        seen |= Math.abs(value);
        const word = 2 * block + (index >> 5);
        present[word] = (present[word] ?? 0) | (1 << (index & 31));
      }
      if (bit > limit) throw damaged('its picture data end early');
      block += 1;
    }
    if (seen > 1023) throw damaged('a coefficient is out of range');
    this.bit = bit;
    this.run = run;
  }
}

/** Beyond all places, further than any run of zeros reaches. */
const NOWHERE = 128;

/** A later scan of a band: one more bit of what is not zero yet, and what becomes so now. */
export class AcRefine extends AcScan implements McuDecoder {
  /** The bits of `Band.present` that this scan is about. */
  readonly #lowBand: number;
  readonly #highBand: number;

  constructor(component: Component, scan: Scan, bits: DataView, band: Band) {
    super(component, scan, bits, band);
    this.#lowBand = wordOf(scan, 0);
    this.#highBand = wordOf(scan, 32);
  }

  decode(row: number, column: number, count: number): void {
    const { bits } = this;
    const { first, last, low: lowest } = this.scan;
    const { coefficients, present } = this.band;
    const { symbols, long } = this.table;
    const [limit, lowBand, highBand] = [this.to * 8, this.#lowBand, this.#highBand];
    let [block, bit, run] = [row * this.stride + column, this.bit, this.run];
    for (const stop = block + count; block < stop; block += 1) {
      const before = block * 64;
      // What was there before this scan and is still to be refined.
      let low = (present[2 * block] ?? 0) & lowBand;
      let high = (present[2 * block + 1] ?? 0) & highBand;
      for (let at = first; run === 0 && at <= last; at += 1) {
        const window = windowAt(bits, bit);
        const entry = symbols[window >>> (32 - LOOK)] || symbols[(window >>> 16) + long] || 0;
        if (entry === 0) throw noSuchCode();
        let zeros = (entry >> 4) & 15;
        const size = entry & 15;
        bit += entry >> 8;
        if (size === 0 && zeros < 15) {
          run = runOf(zeros, windowAt(bits, bit));
          bit += zeros;
          break;
        }
        // Only ±1 can come, its sign in the bit behind the code.
        if (size > 1 || (size === 1 && lowest >= MAX_AC_SIZE)) throw damaged('a coefficient is out of range');
        bit += size;
        for (;;) {
          const next = low !== 0 ? lowestBit(low) : high !== 0 ? 32 + lowestBit(high) : NOWHERE;
          if (next - at > zeros) break;
          zeros -= next - at;
          at = next + 1;
          if (low !== 0) low &= low - 1;
          else high &= high - 1;
          coefficients[before + next] = refined(coefficients[before + next] ?? 0, bitAt(bits, bit) << lowest);
          bit += 1;
        }
        at += zeros;
        if (at > last) throw damaged('a block has too many coefficients');
        if (size === 0) continue;
        coefficients[before + at] = window << (entry >> 8) < 0 ? 1 << lowest : -1 << lowest;
        const word = 2 * block + (at >> 5);
        present[word] = (present[word] ?? 0) | (1 << (at & 31));
      }
      if (run > 0) {
        run -= 1;
        for (; low !== 0; low &= low - 1, bit += 1) {
          const at = before + lowestBit(low);
          coefficients[at] = refined(coefficients[at] ?? 0, bitAt(bits, bit) << lowest);
        }
        for (; high !== 0; high &= high - 1, bit += 1) {
          const at = before + 32 + lowestBit(high);
          coefficients[at] = refined(coefficients[at] ?? 0, bitAt(bits, bit) << lowest);
        }
      }
      if (bit > limit) throw damaged('its picture data end early');
    }
    this.bit = bit;
    this.run = run;
  }
}

/** Makes a coefficient greater in magnitude. */
const refined = (value: number, more: number): number => {
  const sign = value >> 31;
  return value + ((more ^ sign) - sign);
};

/** The bits of a band in a word of `Band.present`: bit n is coefficient `from + n`. */
const wordOf = ({ first, last }: Scan, from: number): number => {
  let bits = 0;
  for (let index = Math.max(first, from); index <= Math.min(last, from + 31); index += 1) bits |= 1 << (index - from);
  return bits;
};
