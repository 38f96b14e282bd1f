import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Download } from '../../client/client.ts';
import { AppError, systemCode } from '../../core/errors.ts';

/**
 * Writes what arrives to a file that is replaced in one step: there is the old one, or the whole new one. Flat memory.
 * @throws AppError `server_unreachable` when less arrives than was announced, `storage_full`
 */
export const saveFile = async ({ body, size }: Download, path: string, signal: AbortSignal): Promise<void> => {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(temporary, { flags: 'wx' }), { signal });
    await refuseTorn(temporary, size);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw translate(error, signal);
  }
};

const refuseTorn = async (path: string, size: number | null): Promise<void> => {
  const { size: arrived } = await stat(path);
  if (size === null || arrived === size) return;
  throw new AppError('server_unreachable', { detail: `Only ${arrived} of ${size} bytes arrived.` });
};

const translate = (error: unknown, signal: AbortSignal): unknown => {
  if (error instanceof AppError) return error;
  if (signal.aborted) return new AppError('cancelled', { cause: error });
  const code = systemCode(error);
  if (code === 'ENOSPC') return new AppError('storage_full', { cause: error });
  // Undici says no more than that it was terminated.
  if (error instanceof TypeError || code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') {
    return new AppError('server_unreachable', {
      detail: 'The connection broke in the middle of a file.',
      cause: error,
    });
  }
  return error;
};
