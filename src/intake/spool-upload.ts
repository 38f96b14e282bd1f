import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, systemCode } from '../core/errors.ts';
import type { RequestOptions } from '../core/options.ts';

/** An upload that arrived whole. */
export interface SpooledUpload {
  readonly path: string;
  readonly bytes: number;
  /** Of the bytes, in hex. */
  readonly sha256: string;
}

/**
 * Writes arriving bytes to a new file in `folder`, synced to disk, in flat memory. When anything goes wrong the file is
 * removed again.
 * @throws AppError `file_too_large` as soon as the limit is passed, `storage_full`; whatever `content` throws.
 */
export const spoolUpload = async (
  content: AsyncIterable<Uint8Array>,
  folder: string,
  maxBytes: number,
): Promise<SpooledUpload> => {
  const path = join(folder, randomUUID());
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let bytes = 0;
  try {
    for await (const piece of content) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw systemCode(error) === 'ENOSPC' ? new AppError('storage_full', { cause: error }) : error;
  }
  await file.close();
  return { path, bytes, sha256: hash.digest('hex') };
};

const tooLarge = (maxBytes: number): AppError =>
  new AppError('file_too_large', { detail: `The file is larger than ${Math.round(maxBytes / 1e6)} MB.` });

/** Recognises the same bytes with the same options, whatever the file is called. */
export const fingerprint = (sha256: string, options: RequestOptions): string =>
  createHash('sha256').update(sha256).update(JSON.stringify(options)).digest('hex');
