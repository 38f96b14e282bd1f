/** Stores files in folders of this machine. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError, systemCode } from '../core/errors.ts';
import type { BlobStore, PutOptions, StoredBlob } from './blob-store.ts';
import { onDisk } from './disk-errors.ts';
import { FolderSync } from './folder-sync.ts';
import { isSafeKey } from './keys.ts';
import { removeTemporaries, temporaryName } from './temporary-files.ts';

export interface DiskStoreOptions {
  /** The absolute folder for each first part of a key, such as `{ images: '/out/images', csvfile: '/data/csvfile' }`. */
  readonly roots: Readonly<Record<string, string>>;
}

/**
 * Files are written to a folder of half-written files in their root, synced, renamed into their place, and the folder is synced: whoever reads finds the
 * whole file or none, also after a power cut. Symbolic links inside a root are never followed to a file.
 */
export class DiskStore implements BlobStore {
  readonly #roots: ReadonlyMap<string, string>;
  readonly #folderSync = new FolderSync();

  constructor({ roots }: DiskStoreOptions) {
    for (const [name, folder] of Object.entries(roots)) {
      if (!isAbsolute(folder)) throw new TypeError(`expected an absolute folder for ${name}, got ${folder}`);
    }
    this.#roots = new Map(Object.entries(roots));
  }

  async put(key: string, bytes: Uint8Array, _options: PutOptions): Promise<void> {
    await this.#write(key, async (file) => {
      await file.writeFile(bytes);
    });
  }

  async putStream(key: string, content: AsyncIterable<Uint8Array>, _options: PutOptions): Promise<number> {
    let written = 0;
    await this.#write(key, async (file) => {
      for await (const chunk of content) {
        await file.writeFile(chunk);
        written += chunk.length;
      }
    });
    return written;
  }

  async open(key: string): Promise<StoredBlob | null> {
    const path = this.#pathOf(key);
    return onDisk(async () => {
      if (!(await this.#isInPlace(key, path))) return null;
      const file = await openForReading(path);
      if (file === null) return null;
      const status = await file.stat();
      if (status.isFile()) return new OpenFile(file, status.size, status.mtime);
      await file.close();
      return null;
    });
  }

  async remove(prefixOrKey: string): Promise<void> {
    const isFolder = prefixOrKey.endsWith('/');
    const path = this.#pathOf(isFolder ? `${prefixOrKey}all` : prefixOrKey);
    await onDisk(async () => {
      const target = isFolder ? dirname(path) : path;
      await rm(target, { recursive: isFolder, force: true, maxRetries: 3 });
      await this.#folderSync.sync(dirname(target)).catch(ignoreMissing);
    });
  }

  async check(): Promise<void> {
    for (const name of this.#roots.keys()) {
      const key = `${name}/check-${process.pid}`;
      const probe = Buffer.from('halve');
      await this.put(key, probe, { contentType: 'text/plain' });
      const blob = await this.open(key);
      const chunks: Uint8Array[] = blob === null ? [] : await Array.fromAsync(blob.stream());
      await this.remove(key);
      if (Buffer.concat(chunks).equals(probe)) continue;
      throw new AppError('storage_failed', { detail: 'The storage folder does not give back what was put into it.' });
    }
  }

  async sweep(writer?: number): Promise<void> {
    for (const root of this.#roots.values()) await onDisk(() => removeTemporaries(root, writer));
  }

  async #write(key: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const path = this.#pathOf(key);
    const temporary = temporaryName(this.#rootOf(key));
    await onDisk(async () => {
      const file = await openIn(dirname(temporary), temporary);
      try {
        try {
          await fill(file);
          await file.sync();
        } finally {
          await file.close();
        }
        await this.#moveTo(path, temporary);
      } catch (thrown) {
        await unlink(temporary).catch(() => undefined);
        throw thrown;
      }
      await this.#folderSync.sync(dirname(path));
    });
  }

  /** Creates the folders that are missing, and makes them as durable as the file that comes into them. */
  async #moveTo(path: string, temporary: string): Promise<void> {
    try {
      await rename(temporary, path);
      return;
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown;
    }
    const first = await mkdir(dirname(path), { recursive: true });
    if (first !== undefined) {
      const top = dirname(first);
      for (let folder = dirname(dirname(path)); folder.length >= top.length; folder = dirname(folder)) {
        await this.#folderSync.sync(folder);
        if (folder === top) break;
      }
    }
    await rename(temporary, path);
  }

  /** A folder inside a root may have been replaced by a link to elsewhere; the root itself may well be one. */
  async #isInPlace(key: string, path: string): Promise<boolean> {
    const [top = '', ...rest] = key.split('/');
    const root = this.#roots.get(top) ?? '';
    const [real, folder] = await Promise.all([root, dirname(path)].map((at) => realpath(at).catch(ignoreMissing)));
    return real !== undefined && folder === dirname(join(real, ...rest));
  }

  #pathOf(key: string): string {
    return join(this.#rootOf(key), ...key.split('/').slice(1));
  }

  #rootOf(key: string): string {
    const root = this.#roots.get(key.slice(0, key.indexOf('/')));
    if (!isSafeKey(key) || root === undefined)
      throw new TypeError(`expected a key of this store, got ${JSON.stringify(key)}`);
    return root;
  }
}

class OpenFile implements StoredBlob {
  readonly size: number;
  readonly modifiedAt: Date;
  readonly #file: FileHandle;

  constructor(file: FileHandle, size: number, modifiedAt: Date) {
    this.#file = file;
    this.size = size;
    this.modifiedAt = modifiedAt;
  }

  /** Closes the file when it ends, fails or is destroyed. */
  stream(range?: { readonly start: number; readonly end: number }): Readable {
    return this.#file.createReadStream(range === undefined ? {} : { start: range.start, end: range.end });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

const openIn = async (folder: string, path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'wx');
  } catch (thrown) {
    if (systemCode(thrown) !== 'ENOENT') throw thrown;
  }
  await mkdir(folder, { recursive: true });
  return open(path, 'wx');
};

const openForReading = async (path: string): Promise<FileHandle | null> => {
  try {
    return await open(path, constants.O_RDONLY | NO_FOLLOW);
  } catch (thrown) {
    // A link is no file of ours, whatever it points to.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(thrown) ?? '')) return null;
    throw thrown;
  }
};

/** Not defined on Windows, where creating links takes an administrator. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

const ignoreMissing = (thrown: unknown): undefined => {
  if (['ENOENT', 'ENOTDIR'].includes(systemCode(thrown) ?? '')) return undefined;
  throw thrown;
};
