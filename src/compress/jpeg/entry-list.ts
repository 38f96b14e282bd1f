import { unsupported } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';

/** 64 MB, and as much again for each form of the picture beside it; photos have about one entry a byte. */
const MOST_ENTRIES = 16_000_000;

/** A growing list of the AC coefficients that are not zero, packed as in `Coefficients.entries`. */
export class EntryList {
  entries: Int32Array;
  /** How many are in use; kept by those who write. */
  length = 0;

  readonly #memory: Memory;
  readonly #use: string;

  /** @param expected entries; memory that is not written costs nothing */
  constructor(expected: number, memory: Memory, use: string) {
    this.#memory = memory;
    this.#use = use;
    this.entries = memory.int32(use, Math.min(expected, MOST_ENTRIES));
  }

  /**
   * Makes room for `more` entries behind the first `length`, and returns the array to write to from now on.
   * @throws JpegFault `unsupported` when they are too many
   */
  reserve(length: number, more: number): Int32Array {
    if (length + more <= this.entries.length) return this.entries;
    if (length + more > MOST_ENTRIES) throw unsupported('it has too many coefficients');
    const grown = this.#memory.int32(this.#use, Math.min(2 * (length + more), MOST_ENTRIES));
    grown.set(this.entries.subarray(0, length));
    this.entries = grown;
    return grown;
  }
}
