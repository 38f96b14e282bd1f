/** AC scans of progressive files, each of one component (T.81 G.1.2.2, G.1.2.3). */
import type { Band } from './band.ts';
import type { Component } from './frame.ts';
import { symbolTable } from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';
import { scanFault } from './scan-faults.ts';
import { type McuDecoder, requireEnd, requireSpec, type Scan } from './scans.ts';

/**
 * The first scan of a band has coefficients without their lowest bits; a later one, one more bit of what is not zero yet,
 * and what becomes so now.
 */
export class AcScan implements McuDecoder {
  readonly #stride: number;
  readonly #scan: Scan;
  readonly #bits: DataView;
  readonly #band: Band;
  readonly #memory: Memory;
  readonly #table: number;
  /** The place in bits, and how many blocks are still to come in which nothing more begins. */
  readonly #state: Int32Array;
  #to = 0;

  constructor({ stride }: Component, scan: Scan, bits: DataView, band: Band, memory: Memory) {
    this.#stride = stride;
    this.#scan = scan;
    this.#bits = bits;
    this.#band = band;
    this.#memory = memory;
    this.#table = symbolTable(requireSpec(scan.ac[0]), memory, 'ac table 0');
    this.#state = memory.int32('scan state', 2);
  }

  begin(from: number, to: number): void {
    this.#state.fill(0)[0] = from * 8;
    this.#to = to;
  }

  end(): void {
    const [bit = 0, run = 0] = this.#state;
    if (run > 0) throw damaged('a run of empty blocks is too long');
    requireEnd(bit, this.#to);
  }

  decode(row: number, column: number, count: number): void {
    const { kernel } = this.#memory;
    const { first, last, before, low } = this.#scan;
    const decode = before === 0 ? kernel.decodeAcFirst : kernel.decodeAcRefine;
    const fault = decode(
      row * this.#stride + column,
      count,
      this.#state.byteOffset,
      this.#table,
      this.#bits.byteOffset,
      this.#to * 8,
      first,
      last,
      low,
      this.#band.coefficients.byteOffset,
      this.#band.present.byteOffset,
    );
    if (fault < 0) throw scanFault(fault);
  }
}
