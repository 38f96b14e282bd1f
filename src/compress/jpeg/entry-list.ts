import { unsupported } from './jpeg-fault.ts';

/** 160 MB; a photo of 50 megapixels and 20 MB has about 24 million. */
const MOST_ENTRIES = 40_000_000;

/** A growing list of the AC coefficients that are not zero, packed as in `Coefficients.entries`. */
export class EntryList {
  entries: Int32Array<ArrayBuffer>;
  /** How many are in use; kept by those who write. */
  length = 0;

  /** @param bytes of entropy-coded data. Photos have about one entry a byte; memory that is not written costs nothing. */
  constructor(bytes: number) {
    this.entries = new Int32Array(Math.min(2 * bytes + 1024, MOST_ENTRIES));
  }

  /**
   * Makes room for `more` entries behind the first `length`, and returns the array to write to from now on.
   * @throws JpegFault `unsupported` when they are too many
   */
  reserve(length: number, more: number): Int32Array<ArrayBuffer> {
    if (length + more <= this.entries.length) return this.entries;
    if (length + more > MOST_ENTRIES) throw unsupported('it has too many coefficients');
    const grown = new Int32Array(Math.min(2 * (length + more), MOST_ENTRIES));
    grown.set(this.entries.subarray(0, length));
    this.entries = grown;
    return grown;
  }
}
