import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { operations } from './api-types.ts';

type UploadCall = operations['upload']['parameters'];
export type UploadOptions = NonNullable<UploadCall['query']>;

export interface Upload {
  /** A file on disk (see {@link csvFile}) or bytes that arrive; neither is ever whole in memory. */
  readonly file: Blob | ReadableStream<Uint8Array>;
  /** For lists, and the names of the result files. */
  readonly fileName: string | null;
  readonly options?: UploadOptions;
  /** The same call with the same key is not done twice. */
  readonly idempotencyKey?: string;
}

/** A file on disk, read while it is sent. @throws AppError `unreadable_input` */
export const csvFile = async (path: string): Promise<Pick<Upload, 'file' | 'fileName'>> => {
  try {
    return { file: await openAsBlob(path), fileName: basename(path) };
  } catch (cause) {
    throw new AppError('unreadable_input', { cause });
  }
};

/** `POST /upload` with a raw body, which can be sent without knowing its end, and the options in the query. */
export const uploadRequest = (
  server: string,
  headers: Readonly<Record<string, string>>,
  { file, fileName, options = {}, idempotencyKey }: Upload,
): Request => {
  const url = new URL(`${server}/upload`);
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, String(value));
  return new Request(url, {
    method: 'POST',
    body: file,
    // Fetch wants to be told that the answer is only read once the body is sent.
    duplex: 'half',
    // In every other mode undici keeps a copy of the body for the redirect: the whole file would be in memory.
    redirect: 'error',
    headers: {
      ...headers,
      'content-type': 'text/csv',
      ...(fileName === null ? {} : { 'content-disposition': attachment(fileName) }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
  });
};

/** Any name as RFC 6266 and RFC 8187 let it stand in a header. */
const attachment = (fileName: string): string => {
  const escaped = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${escaped}`;
};
