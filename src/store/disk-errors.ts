import { AppError, systemCode } from '../core/errors.ts';
import type { StorageFailureGroup } from './blob-store.ts';

/** What a file system's error means: a sentence without a path, as it ends up in receipts, and whom it concerns. */
interface Meaning {
  readonly detail: string;
  /** Undefined when another file may well be written. */
  readonly group: StorageFailureGroup | undefined;
}

const full = (detail: string): Meaning => ({ detail, group: 'full' });
const refused = (detail: string): Meaning => ({ detail, group: 'refused' });
const unavailable = (detail: string): Meaning => ({ detail, group: 'unavailable' });
const thisFile = (detail: string): Meaning => ({ detail, group: undefined });

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: full('The disk of the storage folder is full.'),
  EDQUOT: full('The disk quota of the storage folder is used up.'),
  EACCES: refused('The storage folder may not be written to.'),
  EPERM: refused('The storage folder may not be written to.'),
  EROFS: refused('The storage folder is on a read-only disk.'),
  ENOTDIR: refused('A file stands where the storage needs a folder.'),
  // The store makes folders that are missing, so what is missing is what it makes them in.
  ENOENT: unavailable('The storage folder is missing.'),
  EMFILE: unavailable('Too many files are open at once.'),
  ENFILE: unavailable('Too many files are open at once.'),
  EIO: unavailable('The disk of the storage folder reports an error.'),
  EISDIR: thisFile('A folder stands where the storage needs a file.'),
  ELOOP: thisFile('A symbolic link stands where the storage needs a file.'),
  ENAMETOOLONG: thisFile('The name of the file is too long for the disk.'),
  EFBIG: thisFile('The file is too large for the disk.'),
};

/** Network disks that went away, and whatever else a disk may say. */
const OTHER = unavailable('The storage folder could not be used.');

/** Turns a file system's error into `storage_failed`, grouped as the port says. Others pass unchanged. */
export const translateDiskError = (thrown: unknown): unknown => {
  const code = systemCode(thrown);
  if (code === undefined || thrown instanceof AppError) return thrown;
  const { detail, group } = MEANINGS[code] ?? OTHER;
  return new AppError('storage_failed', { detail, ...(group === undefined ? {} : { group }), cause: thrown });
};

/** Runs `work` and translates what it throws. */
export const onDisk = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw translateDiskError(thrown);
  }
};
