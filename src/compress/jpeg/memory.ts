/**
 * Large arrays that are used again for the next picture. Fresh memory costs more than what is done with it: a system
 * hands it out page by page, at about 1 ms a megabyte here, which was a third of the time of a picture.
 *
 * Whatever was made with a memory is valid until the next picture is made with it. Contents are not cleared.
 */
export class Memory {
  readonly #buffers = new Map<string, ArrayBuffer>();
  #total = 0;

  int32(use: string, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#take(use, length * 4), 0, length);
  }

  uint32(use: string, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#take(use, length * 4), 0, length);
  }

  int16(use: string, length: number): Int16Array<ArrayBuffer> {
    return new Int16Array(this.#take(use, length * 2), 0, length);
  }

  uint8(use: string, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#take(use, length), 0, length);
  }

  #take(use: string, bytes: number): ArrayBuffer {
    const kept = this.#buffers.get(use);
    if (kept !== undefined && kept.byteLength >= bytes) return kept;
    const buffer = new ArrayBuffer(Math.ceil((bytes * 1.25) / 8) * 8);
    const total = this.#total + buffer.byteLength - (kept?.byteLength ?? 0);
    if (total > MOST_KEPT) return buffer;
    this.#buffers.set(use, buffer);
    this.#total = total;
    return buffer;
  }
}

/** Bytes that are kept in all: enough for photos of about 12 megapixels. Larger ones get fresh memory beside it. */
const MOST_KEPT = 128_000_000;
