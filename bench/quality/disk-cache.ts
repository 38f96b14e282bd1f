/** Remembers between runs what depends on nothing but its key: sizes and scores of given bytes at given settings. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(tmpdir(), 'halve-bench-cache');

export const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export const remember = async <T>(key: readonly (string | number)[], make: () => Promise<T>): Promise<T> => {
  const path = join(FOLDER, `${hashOf(JSON.stringify(key))}.json`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return JSON.parse(known);
  const value = await make();
  await mkdir(FOLDER, { recursive: true });
  // Renamed into place, so that a run that is stopped leaves no half file.
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, JSON.stringify(value));
  await rename(partial, path);
  return value;
};
