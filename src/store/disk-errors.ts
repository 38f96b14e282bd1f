import { AppError, systemCode } from '../core/errors.ts';

/** Sentences for what a file system says; no path in them, as they end up in receipts. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk of the storage folder is full.',
  EDQUOT: 'The disk quota of the storage folder is used up.',
  EACCES: 'The storage folder may not be written to.',
  EPERM: 'The storage folder may not be written to.',
  EROFS: 'The storage folder is on a read-only disk.',
  ENOTDIR: 'A file stands where the storage needs a folder.',
  EISDIR: 'A folder stands where the storage needs a file.',
  ENOENT: 'The storage folder is missing.',
  ELOOP: 'A symbolic link stands where the storage needs a file.',
  EMFILE: 'Too many files are open at once.',
  ENFILE: 'Too many files are open at once.',
  EIO: 'The disk of the storage folder reports an error.',
};

/** Turns a file system's error into `storage_failed`; `group` tells a full disk from the rest. Others pass unchanged. */
export const translateDiskError = (thrown: unknown): unknown => {
  const code = systemCode(thrown);
  if (code === undefined || thrown instanceof AppError) return thrown;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new AppError('storage_failed', {
    detail: SENTENCES[code] ?? 'The storage folder could not be used.',
    ...(isFull ? { group: 'full' } : {}),
    cause: thrown,
  });
};

/** Runs `work` and translates what it throws. */
export const onDisk = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw translateDiskError(thrown);
  }
};
