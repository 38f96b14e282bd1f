/**
 * Where pictures are worked on: memory that JavaScript and the kernel share, and that is used again for the next picture.
 * Fresh memory costs more than what is done with it: a system hands it out page by page, at about 1 ms a megabyte here.
 */
import { unsupported } from './jpeg-fault.ts';
import { type Kernel, openKernel } from './kernel.ts';

/** WebAssembly's unit. */
const PAGE = 65_536;
/** 1 GB: what the largest picture allowed needs several times over. Only an address range until it is used. */
const MOST_PAGES = 16_384;
const FIRST_PAGES = 16;
/** Where the first array is: below it the kernel looks only by mistake or for what it then does not use. */
const BOTTOM = 8_192;
/** More than this, in bytes, is given back after a picture: photos of about 12 megapixels need less. */
const MOST_KEPT = 128_000_000;
/** Of WebAssembly's vectors. */
const ALIGNMENT = 16;

interface Slot {
  readonly at: number;
  readonly bytes: number;
}

type View = ArrayBufferView<ArrayBufferLike>;

/**
 * Named arrays of one picture. Asking for a name again gives the same place, its contents not cleared; if more is asked
 * for than before, a new one. All is valid until {@link reset}.
 *
 * The memory is shared in WebAssembly's sense, because only then do arrays in it stay valid when it grows.
 */
export class Memory {
  #memory = openMemory();
  /** Each growth makes another object of the same buffer. */
  #buffers = new WeakSet<ArrayBufferLike>([this.#memory.buffer]);
  #kernel: Kernel | null = null;
  #slots = new Map<string, Slot>();
  #top = BOTTOM;

  /** The functions that work in this memory. */
  get kernel(): Kernel {
    this.#kernel ??= openKernel(this.#memory);
    return this.#kernel;
  }

  /** Forgets all arrays: the next picture begins. */
  reset(): void {
    this.#slots.clear();
    this.#top = BOTTOM;
    if (this.#memory.buffer.byteLength <= MOST_KEPT) return;
    this.#memory = openMemory();
    this.#buffers = new WeakSet([this.#memory.buffer]);
    this.#kernel = null;
  }

  int32(use: string, length: number): Int32Array {
    const at = this.bytes(use, length * 4);
    return new Int32Array(this.#memory.buffer, at, length);
  }

  uint32(use: string, length: number): Uint32Array {
    const at = this.bytes(use, length * 4);
    return new Uint32Array(this.#memory.buffer, at, length);
  }

  int16(use: string, length: number): Int16Array {
    const at = this.bytes(use, length * 2);
    return new Int16Array(this.#memory.buffer, at, length);
  }

  uint8(use: string, length: number): Uint8Array {
    const at = this.bytes(use, length);
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** The address of so many bytes. @throws JpegFault `unsupported` when there are not so many */
  bytes(use: string, bytes: number): number {
    const kept = this.#slots.get(use);
    if (kept !== undefined && kept.bytes >= bytes) return kept.at;
    const at = this.#top;
    this.#top = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    this.#makeRoom();
    this.#slots.set(use, { at, bytes });
    return at;
  }

  /** The address of an array: its own if it is in this memory, that of a copy if not. */
  addressOf(array: View, use: string): number {
    if (this.#buffers.has(array.buffer)) return array.byteOffset;
    const at = this.bytes(use, array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.#memory.buffer, at, array.byteLength).set(bytes);
    return at;
  }

  #makeRoom(): void {
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      throw error instanceof RangeError ? unsupported('it takes too much memory') : error;
    }
    this.#buffers.add(this.#memory.buffer);
  }
}

const openMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared: true });
