import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../core/errors.ts';

/** A held lock; releasing twice is harmless. */
export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the only Halve that works in `folder`. The lock is the operating system's own file lock, taken
 * through an exclusive SQLite transaction on a file of its own: it ends with the process, even with `kill -9`, so there
 * is no stale lock to clean up, and holding it proves that whoever claimed jobs before is dead.
 * @throws AppError `folder_in_use`
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  await mkdir(folder, { recursive: true });
  const connection = new DatabaseSync(join(folder, 'halve.lock'));
  try {
    connection.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw new AppError('folder_in_use', { detail: 'Another Halve is using this data folder.', cause: error });
  }
  return {
    release: () => {
      if (connection.isOpen) connection.close();
    },
  };
};
