import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { Encoding } from './dialect.ts';
import { bomOf, CODECS } from './text-codec.ts';

/** Larger pieces read no faster and leave more garbage at a time; this one is cut in about half a millisecond. */
const PIECE_BYTES = 65_536;

/**
 * The bytes of a file, piece by piece. Every piece lies in the same buffer: it is valid until the next one is asked for,
 * so reading a file of any size takes the same memory.
 * @throws AppError `unreadable_input`; the signal's reason when aborted.
 */
export async function* readBytes(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
  const file = await openFile(path);
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length).catch(unreadable);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The first `length` bytes of a file (or all it has) and its size. @throws AppError `unreadable_input` */
export const readStart = async (path: string, length: number): Promise<{ start: Buffer; size: number }> => {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, size)), 0, undefined, 0);
    return { start: buffer.subarray(0, bytesRead), size };
  } catch (thrown) {
    return unreadable(thrown);
  } finally {
    await file.close();
  }
};

/** Raw text (see `text-codec.ts`) of bytes however they are cut into pieces, the byte order mark left out. */
export async function* rawText(
  pieces: AsyncIterable<Uint8Array>,
  { encoding, bom }: { readonly encoding: Encoding; readonly bom: boolean },
): AsyncGenerator<string, void, void> {
  const { unit, read } = CODECS[encoding];
  let toSkip = bom ? bomOf(encoding).length : 0;
  let half: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    let bytes: Buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (half.length > 0) bytes = Buffer.concat([half, bytes]);
    const skipped = Math.min(toSkip, bytes.length);
    toSkip -= skipped;
    const end = bytes.length - ((bytes.length - skipped) % unit);
    half = Buffer.from(bytes.subarray(end));
    if (end > skipped) yield read(bytes.subarray(skipped, end));
  }
}

const openFile = (path: string): Promise<FileHandle> => open(path, 'r').catch(unreadable);

const unreadable = (cause: unknown): never => {
  throw new AppError('unreadable_input', { cause });
};
