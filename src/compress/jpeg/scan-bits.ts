/** The entropy-coded data of scans, without what only keeps it apart from markers. */
import { cutOff, damaged } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';

/**
 * Zeros behind the data. Decoders compare their place with the end once for each MCU, which has at most 10 blocks of 64
 * symbols of 26 bits: 2,080 bytes.
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
  readonly #from: DataView;
  readonly #data: Uint8Array;
  readonly #to: DataView;
  #length = 0;

  /** @param from where in the file the first scan's data begin */
  constructor(bytes: Uint8Array, from: number, memory: Memory) {
    this.#bytes = bytes;
    this.#from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#data = memory.uint8('scan data', bytes.length - from + SLACK);
    this.#to = new DataView(this.#data.buffer, this.#data.byteOffset, this.#data.length);
  }

  /** All data so far, with zeros behind it. */
  get view(): DataView {
    this.#data.fill(0, this.#length, this.#length + SLACK);
    return this.#to;
  }

  /**
   * Copies the data of a scan, leaving out stuffed zeros, fill bytes and restart markers (T.81 B.1.1.2, B.1.1.5, F.1.2.3).
   * @param intervals how many restart intervals the scan must have
   * @throws JpegFault `cut-off` when no marker ends the scan, `damaged` when restart markers are not as they must be
   */
  copyScan(from: number, intervals: number): ScanData {
    const bytes = this.#bytes;
    const bounds = [this.#length];
    let at = from;
    for (;;) {
      at = this.#copyPlain(at);
      let next = at + 1;
      while (bytes[next] === 0xff) next += 1;
      const marker = bytes[next];
      if (marker === undefined) throw cutOff('it ends within its picture data');
      if (marker === 0) {
        this.#data[this.#length++] = 0xff;
        at = next + 1;
      } else if (marker >= 0xd0 && marker <= 0xd7) {
        const expected = 0xd0 + ((bounds.length - 1) & 7);
        if (marker !== expected || bounds.length >= intervals) throw damaged('its restart markers are out of order');
        bounds.push(this.#length);
        at = next + 1;
      } else {
        if (bounds.length < intervals) throw damaged('restart markers are missing');
        bounds.push(this.#length);
        return { bounds, end: at };
      }
    }
  }

  /** Copies up to the next 0xFF or the end, and returns where that is. */
  #copyPlain(from: number): number {
    const bytes = this.#bytes;
    const data = this.#data;
    const [source, target] = [this.#from, this.#to];
    const lastWord = bytes.length - 4;
    let at = from;
    let length = this.#length;
    for (; at <= lastWord; at += 4, length += 4) {
      const word = source.getInt32(at, true);
      // True when one of the four bytes is 0xFF.
      if (((~word - 0x01010101) & word & 0x80808080) !== 0) break;
      target.setInt32(length, word, true);
    }
    for (; at < bytes.length && bytes[at] !== 0xff; at += 1, length += 1) data[length] = bytes[at] ?? 0;
    this.#length = length;
    return at;
  }
}
