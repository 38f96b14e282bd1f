/** AC scans of progressive files, each of one component (T.81 G.1.2.2, G.1.2.3). */
import type { BlockStore } from './block-store.ts';
import type { Component, Frame } from './frame.ts';
import {
  bitAt,
  COEFFICIENT_STRIDE,
  coefficientTable,
  END_OF_BLOCK,
  extend,
  MAX_AC_SIZE,
  type SymbolTable,
  symbolAt,
  symbolTable,
  windowAt,
} from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';
import { type McuDecoder, requireEnd, requireSpec, type Scan } from './scans.ts';

/** Bits at a look: a file has many of these scans, and each its table. */
const LOOK = 10;

/** The AC coefficients of one component while its scans are decoded. */
export class Band {
  /** 64 for each block, in zigzag order; the place of DC is not used. */
  readonly coefficients: Int16Array;
  /** Of each block the last index that is not zero; 0 when all are. */
  readonly ends: Uint8Array;

  /** Has room for any one component of the frame. */
  constructor({ components }: Frame, memory: Memory) {
    const most = Math.max(...components.map(({ stride, lines }) => stride * lines));
    this.coefficients = memory.int16('band', 64 * most);
    this.ends = memory.uint8('band ends', most);
  }

  clear({ stride, lines }: Component): void {
    this.coefficients.fill(0, 0, 64 * stride * lines);
    this.ends.fill(0);
  }

  /** Adds to `store` what is not zero. */
  gather({ firstBlock, stride, lines }: Component, { starts, counts, list }: BlockStore): void {
    const { coefficients, ends } = this;
    let { length } = list;
    for (let block = 0; block < stride * lines; block += 1) {
      const entries = list.reserve(length, 63);
      const start = length;
      const end = ends[block] ?? 0;
      for (let index = 1; index <= end; index += 1) {
        const value = coefficients[block * 64 + index] ?? 0;
        entries[length] = value * 64 + index;
        length += isNotZero(value);
      }
      starts[firstBlock + block] = start;
      counts[firstBlock + block] = length - start;
    }
    list.length = length;
  }
}

/** 1 or 0. Without a branch: which coefficients are zero, no processor foresees. */
const isNotZero = (value: number): number => (value | -value) >>> 31;

/** What the two kinds of scans have in common. */
class AcScan {
  protected readonly scan: Scan;
  protected readonly bits: DataView;
  protected readonly band: Band;
  protected readonly stride: number;
  protected readonly symbols: SymbolTable;
  protected bit = 0;
  protected to = 0;
  /** Blocks still to come in which nothing more begins. */
  protected run = 0;

  constructor({ stride }: Component, scan: Scan, bits: DataView, band: Band) {
    this.scan = scan;
    this.bits = bits;
    this.band = band;
    this.stride = stride;
    this.symbols = symbolTable(requireSpec(scan.ac[0]));
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

  /** How many blocks the symbol EOBn ends, this one included (T.81 table G.1). */
  protected runOf(exponent: number, bit: number): number {
    return exponent === 0 ? 1 : (1 << exponent) + (windowAt(this.bits, bit) >>> (32 - exponent));
  }
}

/** The first scan of a band: coefficients without their lowest bits. */
export class AcFirst extends AcScan implements McuDecoder {
  readonly #table: Int32Array;
  #value = 0;

  constructor(component: Component, scan: Scan, bits: DataView, band: Band) {
    super(component, scan, bits, band);
    this.#table = coefficientTable(this.symbols, LOOK, 1);
  }

  decode(row: number, column: number, count: number): void {
    const { bits, to } = this;
    const { first, last, low } = this.scan;
    const { coefficients, ends } = this.band;
    const table = this.#table;
    let block = row * this.stride + column;
    let bit = this.bit;
    let seen = 0;
    for (const stop = block + count; block < stop; block += 1) {
      if (this.run > 0) {
        const skipped = Math.min(this.run, stop - block);
        this.run -= skipped;
        block += skipped - 1;
        continue;
      }
      let end = ends[block] ?? 0;
      let index = first - 1;
      while (index < last) {
        const at = ((bits.getInt32(bit >> 3) << (bit & 7)) >>> (32 - LOOK)) * COEFFICIENT_STRIDE;
        let found = table[at] ?? 0;
        let value = (table[at + 1] ?? 0) >> 6;
        if (found === 0) {
          found = this.#symbol(bit);
          value = this.#value;
        }
        bit += found & 255;
        index += (found >> 8) & 255;
        if (found < 1 << 16) continue;
        if (index > last) throw damaged('a coefficient is out of range');
        coefficients[block * 64 + index] = value << low;
        seen |= Math.abs(value << low);
        end = Math.max(end, index);
      }
      if (index > last && index < END_OF_BLOCK) throw damaged('a block has too many coefficients');
      if (bit > to * 8) throw damaged('its picture data end early');
      ends[block] = end;
    }
    if (seen > 1023) throw damaged('a coefficient is out of range');
    this.bit = bit;
  }

  /** One symbol that is not in the table: returns what a look returns, and leaves its value or the run of blocks. */
  #symbol(bit: number): number {
    const entry = symbolAt(this.symbols, windowAt(this.bits, bit));
    const length = entry >> 8;
    const run = (entry >> 4) & 15;
    const size = entry & 15;
    if (size > MAX_AC_SIZE) throw damaged('a coefficient is out of range');
    if (size > 0) {
      this.#value = extend(windowAt(this.bits, bit + length) >>> (32 - size), size);
      return (1 << 16) | ((run + 1) << 8) | (length + size);
    }
    if (run === 15) return (16 << 8) | length;
    this.run = this.runOf(run, bit + length) - 1;
    return (END_OF_BLOCK << 8) | (length + run);
  }
}

/** A later scan of a band: one more bit of what is not zero yet, and what becomes so now. */
export class AcRefine extends AcScan implements McuDecoder {
  decode(row: number, column: number, count: number): void {
    const { bits, symbols } = this;
    const { first, last, low } = this.scan;
    const { coefficients, ends } = this.band;
    const limit = this.to * 8;
    let block = row * this.stride + column;
    let bit = this.bit;
    for (const stop = block + count; block < stop; block += 1) {
      let at = block * 64 + first;
      const lastAt = block * 64 + last;
      while (this.run === 0 && at <= lastAt) {
        const window = bits.getInt32(bit >> 3) << (bit & 7);
        const entry = symbolAt(symbols, window);
        let zeros = (entry >> 4) & 15;
        bit += entry >> 8;
        if ((entry & 15) === 0 && zeros < 15) {
          this.run = this.runOf(zeros, bit);
          bit += zeros;
          break;
        }
        const fresh = (entry & 15) === 0 ? 0 : this.#fresh(entry, window);
        if (fresh !== 0) bit += 1;
        for (; at <= lastAt; at += 1) {
          const value = coefficients[at] ?? 0;
          const has = isNotZero(value);
          zeros -= 1 - has;
          if (zeros < 0) break;
          coefficients[at] = value + ((value >> 31) | 1) * ((bitAt(bits, bit) & has) << low);
          bit += has;
        }
        if (at > lastAt) throw damaged('a block has too many coefficients');
        if (fresh !== 0) {
          coefficients[at] = fresh;
          if (at - block * 64 > (ends[block] ?? 0)) ends[block] = at - block * 64;
        }
        at += 1;
      }
      if (this.run > 0) {
        bit = this.#refine(at, block * 64 + Math.min(last, ends[block] ?? 0), bit);
        this.run -= 1;
      }
      if (bit > limit) throw damaged('its picture data end early');
    }
    this.bit = bit;
  }

  /** A coefficient that becomes not zero: only ±1 can come, its sign in the bit behind the code. */
  #fresh(entry: number, window: number): number {
    if ((entry & 15) > 1 || this.scan.low >= MAX_AC_SIZE) throw damaged('a coefficient is out of range');
    return window << (entry >> 8) < 0 ? 1 << this.scan.low : -1 << this.scan.low;
  }

  /** Refines what is not zero from `from` to `to`; returns the place behind the bits this takes. */
  #refine(from: number, to: number, bit: number): number {
    const { bits, scan } = this;
    const { coefficients } = this.band;
    let next = bit;
    for (let at = from; at <= to; at += 1) {
      const value = coefficients[at] ?? 0;
      const has = isNotZero(value);
      coefficients[at] = value + ((value >> 31) | 1) * ((bitAt(bits, next) & has) << scan.low);
      next += has;
    }
    return next;
  }
}
