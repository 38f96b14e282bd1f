import { statfs } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';

/**
 * Refuses work while there is room for it to be refused: a disk that runs full in the middle costs more.
 * @throws AppError `storage_full` below `minBytes` of free space where `folder` is
 */
export const requireFreeSpace = async (folder: string, minBytes: number): Promise<void> => {
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free >= minBytes) return;
  throw new AppError('storage_full', {
    detail: `Only ${Math.round(free / 1e6)} MB of disk space are free; ${Math.round(minBytes / 1e6)} MB are needed.`,
  });
};
