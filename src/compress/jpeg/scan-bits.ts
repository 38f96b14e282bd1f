/** The entropy-coded data of scans, without what only keeps it apart from markers. */
import { cutOff, damaged } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';

/**
 * Zeros behind the data. Decoders compare their place with the end once for each MCU, which has at most 10 blocks of 64
 * symbols of 26 bits: 2,080 bytes. They read up to 16 bytes ahead.
 */
const SLACK = 4096;

/** Data of one scan: interval `i` has the bytes `bounds[i]` … `bounds[i + 1] − 1` of the buffer. */
export interface ScanData {
  readonly bounds: readonly number[];
  /** Where in the file the marker after the scan is. */
  readonly end: number;
}

/** Collects the data of all scans of a file in one buffer. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  readonly #memory: Memory;
  /** Where in the file the first scan's data begin. */
  readonly #first: number;
  /** The file from there on; the data of scans move to its beginning. */
  readonly #data: Uint8Array;
  /** How many bytes have moved. */
  readonly #length: Int32Array;

  /** @param from where in the file the first scan's data begin */
  constructor(bytes: Uint8Array, from: number, memory: Memory) {
    this.#bytes = bytes;
    this.#memory = memory;
    this.#first = from;
    this.#data = memory.uint8('scan data', bytes.length - from + SLACK);
    this.#data.set(bytes.subarray(from));
    this.#length = memory.int32('scan data length', 1).fill(0);
  }

  /** All data so far, with zeros behind it; not to be copied to any more. */
  get view(): DataView {
    const [length = 0] = this.#length;
    this.#data.fill(0, length, length + SLACK);
    return new DataView(this.#data.buffer, this.#data.byteOffset, this.#data.length);
  }

  /**
   * Copies the data of a scan, leaving out stuffed zeros, fill bytes and restart markers (T.81 B.1.1.2, B.1.1.5, F.1.2.3).
   * @param from behind what was copied before
   * @param intervals how many restart intervals the scan must have
   * @throws JpegFault `cut-off` when no marker ends the scan, `damaged` when restart markers are not as they must be
   */
  copyScan(from: number, intervals: number): ScanData {
    const bytes = this.#bytes;
    const bounds = [this.#length[0] ?? 0];
    let at = from;
    for (;;) {
      at = this.#unstuff(at);
      let next = at + 1;
      while (bytes[next] === 0xff) next += 1;
      const marker = bytes[next];
      if (marker === undefined) throw cutOff('it ends within its picture data');
      if (marker >= 0xd0 && marker <= 0xd7) {
        const expected = 0xd0 + ((bounds.length - 1) & 7);
        if (marker !== expected || bounds.length >= intervals) throw damaged('its restart markers are out of order');
        bounds.push(this.#length[0] ?? 0);
        at = next + 1;
      } else {
        if (bounds.length < intervals) throw damaged('restart markers are missing');
        bounds.push(this.#length[0] ?? 0);
        return { bounds, end: at };
      }
    }
  }

  /** Copies up to the next marker or the end, and returns where that is. */
  #unstuff(from: number): number {
    const first = this.#first;
    const end = this.#bytes.length - first;
    const data = this.#data.byteOffset;
    return first + this.#memory.kernel.unstuff(this.#length.byteOffset, data, from - first, end);
  }
}
