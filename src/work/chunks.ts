import { nextWaiting } from '../db/images.ts';
import type { Trx } from '../db/open-database.ts';
import { openChunks } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { NewJob, Queue } from '../queue/queue.ts';

/** Images in a chunk at most: enough to make the bookkeeping of a chunk vanish, few enough to share a request out. */
const MAX_CHUNK = 32;
/**
 * Chunks each press should get of what is left of a request: chunks shrink towards the end, so that the presses end at
 * about the same time (guided self-scheduling, Polychronopoulos and Kuck 1987).
 */
const CHUNKS_PER_PRESS = 4;
/**
 * Chunks of one request in the queue and at the presses, for each press. More than a press works on at once, because
 * chunks of slow servers wait at a press for up to half a minute and must not leave it without work.
 */
const OPEN_CHUNKS_PER_PRESS = 8;

/**
 * Queue entries with images to be tried again, for each press, above which no fresh chunk is started: a request whose
 * every server is down must not pile up its whole catalogue in the queue.
 */
const OPEN_RETRIES_PER_PRESS = 64;

/** Images to put in the next chunk when this many are left. */
export const chunkSize = (imagesLeft: number, presses: number): number =>
  Math.min(MAX_CHUNK, Math.max(1, Math.ceil(imagesLeft / (presses * CHUNKS_PER_PRESS))));

/**
 * Queues the next chunks of a request until as many are open as may be. Called in the transaction that starts a request
 * and in each one that ends a chunk, so that the queue holds a few entries of a request, never all of them.
 */
export const queueChunks = async (
  trx: Trx,
  queue: Queue,
  request: Pick<RequestRow, 'rid' | 'cursor' | 'open_chunks' | 'open_retries' | 'total_images'>,
  presses: number,
): Promise<void> => {
  if (request.open_retries >= presses * OPEN_RETRIES_PER_PRESS) return;
  const jobs: NewJob[] = [];
  let cursor = request.cursor;
  while (request.open_chunks + jobs.length < presses * OPEN_CHUNKS_PER_PRESS) {
    const size = chunkSize(request.total_images - cursor, presses);
    const ordinals = await nextWaiting(trx, request.rid, cursor, size);
    // Behind the last one there may be many copies, which are not to be looked through again with each chunk that ends.
    cursor = ordinals.length < size ? request.total_images : (ordinals.at(-1) ?? cursor);
    if (ordinals.length > 0)
      jobs.push({ kind: 'images', rid: request.rid, payload: { ordinals, solo: false, retry: false } });
    if (cursor >= request.total_images) break;
  }
  if (cursor === request.cursor) return;
  await queue.enqueue(trx, jobs);
  await openChunks(trx, request.rid, jobs.length, cursor);
};
