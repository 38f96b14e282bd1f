import type { BlockStore } from './block-store.ts';
import type { Component, Frame } from './frame.ts';
import type { Memory } from './memory.ts';

/** The AC coefficients of one component while its scans are decoded. */
export class Band {
  /** 64 for each block, in zigzag order; valid only where `present` says so, which saves clearing them. */
  readonly coefficients: Int16Array;
  /** Which are not zero. Two words for each block, bit n of the first for coefficient n, of the second for 32 + n. */
  readonly present: Int32Array;

  /** Has room for any one component of the frame. */
  constructor({ components }: Frame, memory: Memory) {
    const most = Math.max(...components.map(({ stride, lines }) => stride * lines));
    this.coefficients = memory.int16('band', 64 * most);
    this.present = memory.int32('band present', 2 * most);
  }

  clear({ stride, lines }: Component): void {
    this.present.fill(0, 0, 2 * stride * lines);
  }

  /** Adds all to `store`. */
  gather({ firstBlock, stride, lines }: Component, store: BlockStore): void {
    for (let line = 0; line < lines; line += 1) this.#gatherLine(line * stride, firstBlock, stride, store);
  }

  /** A function of its own, so that it is called often enough to be compiled well. */
  #gatherLine(first: number, offset: number, count: number, { starts, counts, list }: BlockStore): void {
    const { coefficients, present } = this;
    const entries = list.reserve(list.length, 63 * count);
    let { length } = list;
    for (let block = first; block < first + count; block += 1) {
      const start = length;
      for (let bits = present[2 * block] ?? 0; bits !== 0; bits &= bits - 1, length += 1) {
        const index = lowestBit(bits);
        entries[length] = (coefficients[block * 64 + index] ?? 0) * 64 + index;
      }
      for (let bits = present[2 * block + 1] ?? 0; bits !== 0; bits &= bits - 1, length += 1) {
        const index = 32 + lowestBit(bits);
        entries[length] = (coefficients[block * 64 + index] ?? 0) * 64 + index;
      }
      starts[offset + block] = start;
      counts[offset + block] = length - start;
    }
    list.length = length;
  }
}

/** Place of the lowest bit that is set; there must be one. */
export const lowestBit = (bits: number): number => 31 - Math.clz32(bits ^ (bits - 1));
