/**
 * Where pictures are worked on: memory that JavaScript and the kernel share, and that is used again for the next picture.
 * Fresh memory costs more than what is done with it: a system hands it out page by page, at about 1 ms a megabyte here.
 */
import { unsupported } from './jpeg-fault.ts';
import { type Kernel, openKernel } from './kernel.ts';

/** WebAssembly's unit. */
const PAGE = 65_536;
/** 1 GB: what the largest picture allowed needs several times over. Only an address range until it is used. */
export const MOST_PAGES = 16_384;
export const FIRST_PAGES = 16;
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

interface Opened {
  readonly memory: WebAssembly.Memory;
  /** Objects of its buffer that arrays were made of. V8 makes a new one whenever any shared memory of the process grows. */
  readonly buffers: WeakSet<ArrayBufferLike>;
  readonly kernel: Kernel;
}

/**
 * Named arrays of one picture. Asking for a name again gives the same place, its contents not cleared; if more is asked
 * for than before, a new one. All is valid until it is released, at the latest until {@link reset}.
 *
 * The memory is shared in WebAssembly's sense, because only then do arrays in it stay valid when it grows.
 */
export class Memory {
  /** Nothing until it is needed: reading a header needs none. */
  #opened: Opened | null = null;
  readonly #slots = new Map<string, Slot>();
  /** Parts below the top that are used no more. */
  #free: Slot[] = [];
  #top = BOTTOM;

  /** The functions that work in this memory. */
  get kernel(): Kernel {
    return this.#open().kernel;
  }

  /**
   * Forgets all arrays: a picture ends, or the next one begins. After a large one the memory is given back, at once where
   * the process may ask for that (`node --expose-gc`): V8 does not count such memory, and would let two or three of them
   * come together.
   */
  reset(): void {
    this.#slots.clear();
    this.#free = [];
    this.#top = BOTTOM;
    if (this.#opened === null || this.#opened.memory.buffer.byteLength <= MOST_KEPT) return;
    this.#opened = null;
    globalThis.gc?.();
  }

  int32(use: string, length: number): Int32Array {
    const at = this.bytes(use, length * 4);
    return new Int32Array(this.#buffer, at, length);
  }

  uint32(use: string, length: number): Uint32Array {
    const at = this.bytes(use, length * 4);
    return new Uint32Array(this.#buffer, at, length);
  }

  int16(use: string, length: number): Int16Array {
    const at = this.bytes(use, length * 2);
    return new Int16Array(this.#buffer, at, length);
  }

  uint8(use: string, length: number): Uint8Array {
    const at = this.bytes(use, length);
    return new Uint8Array(this.#buffer, at, length);
  }

  /** The address of so many bytes. @throws JpegFault `unsupported` when there are not so many */
  bytes(use: string, bytes: number): number {
    const kept = this.#slots.get(use);
    if (kept !== undefined && kept.bytes >= bytes) return kept.at;
    const slot = this.#takeFree(aligned(bytes)) ?? this.#takeNew(aligned(bytes));
    this.#slots.set(use, slot);
    return slot.at;
  }

  /** Gives the place of a use to others. */
  release(use: string): void {
    const slot = this.#slots.get(use);
    if (slot === undefined) return;
    this.#slots.delete(use);
    this.#free.push(slot);
  }

  /** The address of an array: its own if it is in this memory, that of a copy if not. */
  addressOf(array: View, use: string): number {
    if (this.#open().buffers.has(array.buffer)) return array.byteOffset;
    const at = this.bytes(use, array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.#buffer, at, array.byteLength).set(bytes);
    return at;
  }

  #takeNew(bytes: number): Slot {
    const at = this.#top;
    // The kernel reads a vector at a time, so a little beyond the last array.
    this.#growTo(at + bytes + ALIGNMENT);
    this.#top = at + bytes;
    return { at, bytes };
  }

  #takeFree(bytes: number): Slot | null {
    const slot = this.#free.find((free) => free.bytes >= bytes);
    if (slot === undefined) return null;
    const rest = { at: slot.at + bytes, bytes: slot.bytes - bytes };
    this.#free = [...this.#free.filter((free) => free !== slot), rest];
    return { at: slot.at, bytes };
  }

  get #buffer(): SharedArrayBuffer {
    const { memory, buffers } = this.#open();
    const { buffer } = memory;
    buffers.add(buffer);
    return buffer;
  }

  #open(): Opened {
    this.#opened ??= openMemory();
    return this.#opened;
  }

  #growTo(bytes: number): void {
    const { memory } = this.#open();
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) orUnsupported(() => memory.grow(Math.ceil(missing / PAGE)));
  }
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

const openMemory = (): Opened => {
  const limits = { initial: FIRST_PAGES, maximum: MOST_PAGES, shared: true } as const;
  const memory = orUnsupported(() => new WebAssembly.Memory(limits));
  return { memory, buffers: new WeakSet(), kernel: openKernel(memory) };
};

/** @throws JpegFault `unsupported` where there is not so much memory */
const orUnsupported = <T>(take: () => T): T => {
  try {
    return take();
  } catch (error) {
    throw error instanceof RangeError ? unsupported('it takes too much memory') : error;
  }
};
