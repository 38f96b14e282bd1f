import { mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Status } from '../../client/client.ts';
import { AppError } from '../../core/errors.ts';
import { parseFileId } from '../../core/file-id.ts';
import { imageFolder, imageKey } from '../../store/keys.ts';
import { ProgressBar } from '../progress-bar.ts';
import type { Talk } from '../talk.ts';
import type { Connection } from './connection.ts';
import { patiently } from './patiently.ts';
import { saveFile } from './save-file.ts';

export interface ImageDownloads {
  readonly folder: string;
  readonly fetched: number;
  /** Those that were there in the right size. */
  readonly kept: number;
  readonly failures: readonly { readonly url: string; readonly why: string }[];
}

/** As many as a browser opens to one host. */
const AT_ONCE = 6;
/** Products asked for at once: the most a status shows. */
const PAGE = 500;
/** Waits before the second and the third try of an image. */
const RETRY_MS = [500, 2_000] as const;

type Product = Status['products'][number];

interface ImageFile {
  readonly url: string;
  readonly path: string;
  readonly bytes: number | null;
}

/**
 * Fetches the images that succeeded into `images/{request_id}/`, where `halve run` puts them and under the same names. One
 * that is there in the right size stays. What cannot be fetched is told, and does not stop the others.
 */
export const downloadImages = async (
  connection: Connection,
  status: Status,
  folder: string,
  { terminal, quiet }: Pick<Talk, 'terminal' | 'quiet'>,
): Promise<ImageDownloads> => {
  const bar = quiet ? null : new ProgressBar(terminal.stderr, terminal.environment);
  const failures: { url: string; why: string }[] = [];
  let fetched = 0;
  let kept = 0;
  const counts = { bytesIn: 0, bytesOut: 0, imagesPerSecond: null, etaSeconds: null };
  // Rows with the same address share a file, so this is the most there can be.
  const total = status.progress.done;
  const show = (all = total): void =>
    bar?.update({ ...counts, total: all, done: fetched + kept, failed: failures.length });
  const images = imageFiles(connection, status.request_id, folder);
  const work = async (): Promise<void> => {
    for await (const image of images) {
      try {
        if (await fetchImage(connection, image)) fetched += 1;
        else kept += 1;
      } catch (error) {
        if (connection.signal.aborted) return;
        failures.push({ url: image.url, why: error instanceof Error ? error.message : String(error) });
      }
      show();
    }
  };
  show();
  try {
    // An async generator hands out one image at a time to whoever asks.
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (!connection.signal.aborted) show(fetched + kept + failures.length);
  } finally {
    bar?.end();
  }
  return { folder: resolve(folder, imageFolder(status.request_id)), fetched, kept, failures };
};

/** The files to have, in the order of the CSV; page by page, so that a large request needs no more memory. */
async function* imageFiles(
  { client, server, signal }: Connection,
  requestId: string,
  folder: string,
): AsyncGenerator<ImageFile, void, void> {
  let cursor: string | null = null;
  let newest = 0;
  do {
    const query = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const page: Status = await patiently(() => client.status(requestId, query), signal);
    for (const product of page.products) {
      for (const [index, image] of product.images.entries()) {
        const ordinal = parseFileId(image.file_id)?.ordinal ?? 0;
        // A row whose address came before shares the file of that one, which has a lower number.
        if (image.output_url === null || ordinal <= newest) continue;
        newest = ordinal;
        if (signal.aborted) return;
        const path = join(folder, pathOf(requestId, product, index));
        yield { url: reachable(image.output_url, image.file_id, server), path, bytes: image.bytes_out };
      }
    }
    cursor = page.next;
  } while (cursor !== null);
}

const pathOf = (requestId: string, { row, images }: Product, index: number): string => {
  const { input_url, format, output_url } = images[index] ?? {};
  const place = { requestId, row, n: index + 1, url: input_url ?? '' };
  if (format !== null && format !== undefined) return imageKey({ ...place, format });
  // From an outside processor that did not say what it made.
  const extension = /\.([a-z0-9]{1,5})(?:[?#]|$)/i.exec(output_url ?? '')?.[1] ?? 'img';
  return `${imageKey({ ...place, format: 'jpeg' }).replace(/\.jpg$/, '')}.${extension}`;
};

/** What Halve serves itself is asked for where Halve was reached; its public address may be for others. */
const reachable = (url: string, fileId: string, server: string): string =>
  url.endsWith(`/image/${fileId}`) ? `${server}/image/${fileId}` : url;

/** False: it is there already. */
const fetchImage = async ({ client, signal }: Connection, { url, path, bytes }: ImageFile): Promise<boolean> => {
  if (bytes !== null && (await sizeOf(path)) === bytes) return false;
  await mkdir(dirname(path), { recursive: true });
  for (let tries = 0; ; tries += 1) {
    try {
      await saveFile(await client.download(url), path, signal);
      return true;
    } catch (error) {
      const wait = RETRY_MS[tries];
      if (wait === undefined || !(error instanceof AppError && error.retryable)) throw error;
      await pause(wait, undefined, { signal });
    }
  }
};

const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
};
