import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { Upload } from '../../client/upload-request.ts';
import { csvFile } from '../../client/upload-request.ts';
import { AppError } from '../../core/errors.ts';
import { checkReadable } from '../spool-file.ts';

/** The user's file on its way to a server; never whole in memory. */
export interface UploadInput extends Pick<Upload, 'file' | 'fileName'> {
  /** As the user knows it. */
  readonly name: string;
  /** Null where nobody knows before it ends. */
  readonly bytes: number | null;
  /** Can it be sent a second time? */
  readonly isRepeatable: boolean;
  /** Looks whether the file is to blame for `error`. @throws AppError `unreadable_input` if so */
  check(error: unknown): void;
}

/** Opens a file, a pipe, or stdin (`-`). @throws AppError `unreadable_input` */
export const openInput = async (file: string, stdin: NodeJS.ReadableStream): Promise<UploadInput> => {
  if (file === '-') return { ...piped(stdin), name: 'stdin', fileName: null };
  await checkReadable(file);
  const facts = await stat(file);
  if (!facts.isFile()) return { ...piped(createReadStream(file)), name: file, fileName: null };
  return {
    ...(await csvFile(file)),
    name: basename(file),
    bytes: facts.size,
    isRepeatable: true,
    check: (error) => {
      if (!hasChanged(error)) return;
      const detail = `${file} was changed while it was being sent; nothing was taken.`;
      throw new AppError('unreadable_input', { detail, cause: error });
    },
  };
};

const piped = (stream: NodeJS.ReadableStream) => ({
  file: Readable.toWeb(Readable.from(stream)) as ReadableStream<Uint8Array>,
  bytes: null,
  isRepeatable: false,
  check: () => {},
});

/** What reading a file on disk as a Blob throws when it is not the file any more that was opened (W3C File API). */
const hasChanged = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'NotReadableError') return true;
  }
  return false;
};
