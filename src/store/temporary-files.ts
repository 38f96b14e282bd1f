/** Half-written files: where they are, how they are called, and how they go away when their writer is gone. */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../core/errors.ts';

/**
 * One folder for all of them, inside the root: the rename that ends a write must not cross file systems, and cleaning
 * up must not read through a million stored files. No key part begins with a dot (see `isSafeKey`).
 */
export const temporaryFolder = (root: string): string => join(root, '.parts');

/** A new name; it begins with the writer's process id. */
export const temporaryName = (root: string): string =>
  join(temporaryFolder(root), `${process.pid}-${randomBytes(8).toString('hex')}`);

/** Removes the half-written files of one process that is gone, or, without `pid`, of all processes. */
export const removeTemporaries = async (root: string, pid?: number): Promise<void> => {
  const folder = temporaryFolder(root);
  for (const name of await namesIn(folder)) {
    if (pid === undefined || name.startsWith(`${pid}-`)) await rm(join(folder, name), { force: true });
  }
};

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (thrown) {
    // A store that was never written to.
    if (systemCode(thrown) === 'ENOENT') return [];
    throw thrown;
  }
};
