import type { BlockStore } from './block-store.ts';
import type { Component, Frame } from './frame.ts';
import type { Memory } from './memory.ts';

const COEFFICIENTS = 'band';
const PRESENT = 'band present';

/** The AC coefficients of one component while its scans are decoded. */
export class Band {
  /** 64 for each block, in zigzag order; valid only where `present` says so, which saves clearing them. */
  readonly coefficients: Int16Array;
  /** Which are not zero: for each block 64 bits, in the order of its bytes, bit n for coefficient n. */
  readonly present: Int32Array;
  readonly #memory: Memory;

  /** Has room for any one component of the frame. */
  constructor({ components }: Frame, memory: Memory) {
    const most = Math.max(...components.map(({ stride, lines }) => stride * lines));
    this.coefficients = memory.int16(COEFFICIENTS, 64 * most);
    this.present = memory.int32(PRESENT, 2 * most);
    this.#memory = memory;
  }

  /** Gives its memory to what comes next: at 128 bytes a block the largest part of all. */
  release(): void {
    this.#memory.release(COEFFICIENTS);
    this.#memory.release(PRESENT);
  }

  clear({ stride, lines }: Component): void {
    this.present.fill(0, 0, 2 * stride * lines);
  }

  /** Adds all to `store`. */
  gather({ firstBlock, stride, lines }: Component, { starts, counts, list }: BlockStore): void {
    for (let line = 0; line < lines; line += 1) {
      const first = line * stride;
      list.length = this.#memory.kernel.gatherEntries(
        stride,
        this.coefficients.byteOffset + 128 * first,
        this.present.byteOffset + 8 * first,
        starts.byteOffset + 4 * (firstBlock + first),
        counts.byteOffset + firstBlock + first,
        list.reserve(list.length, 63 * stride).byteOffset,
        list.length,
      );
    }
  }
}
