import type { Memory } from './memory.ts';
import type { McuLayout } from './scans.ts';

/** Numbers of each part: see kernel/baseline.ts. */
const NUMBERS = 5;

/** The blocks of an MCU, as the kernel goes through them. */
export class McuParts {
  readonly #layout: McuLayout;
  readonly #parts: Int32Array;

  /** @param dc tables of each component of the scan, and `ac`; none where they are not used */
  constructor(layout: McuLayout, memory: Memory, dc: readonly number[] = [], ac: readonly number[] = []) {
    this.#layout = layout;
    const { component, across } = layout;
    this.#parts = memory.int32('parts of an MCU', NUMBERS * component.length);
    for (const [part, of] of component.entries()) {
      this.#parts.set([0, across[part] ?? 0, of, dc[of] ?? 0, ac[of] ?? 0], NUMBERS * part);
    }
  }

  /** How many there are. */
  get count(): number {
    return this.#layout.first.length;
  }

  /** Goes to an MCU. @returns the address of the parts */
  seek(row: number, column: number): number {
    const { first, across, down } = this.#layout;
    for (let part = 0; part < first.length; part += 1) {
      this.#parts[NUMBERS * part] = (first[part] ?? 0) + column * (across[part] ?? 0) + row * (down[part] ?? 0);
    }
    return this.#parts.byteOffset;
  }
}
