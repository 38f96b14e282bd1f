import type { Logger } from '../core/log.ts';
import { removeRows } from '../db/images.ts';
import type { Database } from '../db/open-database.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { ResultFiles } from './result-files.ts';

/** Rows removed in one transaction. */
const SLICE = 5_000;

interface RemoveContext {
  readonly database: Database;
  readonly queue: Queue;
  readonly files: ResultFiles;
  readonly log: Logger;
}

/** Wait for the end of the request, when it is being written. */
const FINISHING_MS = 1_000;

/**
 * Removes the files and rows of a deleted request; the request itself is gone already, so nobody sees this happen.
 * Answers a number when it is to be done so many milliseconds later: result files that are still being written would
 * otherwise stay for ever.
 */
export const removeRequest = async (
  job: Job<'remove'>,
  signal: AbortSignal,
  context: RemoveContext,
): Promise<number | undefined> => {
  if (await context.queue.isUnderWay('finish', job.rid)) return FINISHING_MS;
  await context.files.remove(job.payload.requestId);
  for (let rest = true; rest; ) {
    signal.throwIfAborted();
    rest = await context.database.write.transaction().execute((trx) => removeRows(trx, job.rid, SLICE));
    await new Promise(setImmediate);
  }
  await context.database.write.transaction().execute((trx) => context.queue.complete(trx, job));
  context.log.info({ request_id: job.payload.requestId }, 'its files are removed');
  return undefined;
};
