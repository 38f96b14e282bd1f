import { AppError, ERRORS } from '../core/errors.ts';
import { finalStatus } from '../core/states.ts';
import { addFailures } from '../db/failures.ts';
import { cancelWaiting } from '../db/images.ts';
import type { Database } from '../db/open-database.ts';
import { addCounts, getRequest, moveRequest, optionsOf } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Meter } from '../metrics/meter.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Announced, Outbox } from './outbox.ts';
import type { ResultFiles } from './result-files.ts';

export interface FinishContext {
  readonly database: Database;
  readonly queue: Queue;
  readonly files: ResultFiles;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly meter: Meter;
  readonly onFinished: (request: RequestRow, announced: Announced) => void;
}

/** Images marked as cancelled in one transaction; small enough that a status answers in between. */
const CANCEL_SLICE = 2_000;

/**
 * Ends a request: writes its result files, then makes its end known and writes what is to be sent about it, in one
 * transaction with the completion of the job. Killed at any moment it is simply done again: the files are the same bytes
 * under the same names, and the end is a compare-and-set.
 */
export const finishRequest = async (job: Job<'finish'>, signal: AbortSignal, context: FinishContext): Promise<void> => {
  const { database, queue } = context;
  const before = await getRequest(database.read, job.rid);
  if (before?.status === 'CANCELLED') await cancelTheRest(before, signal, context);
  const request = await getRequest(database.read, job.rid);
  if (request !== undefined) await context.files.write(request, signal);
  const ended = await database.write.transaction().execute(async (trx) => {
    if (!(await queue.complete(trx, job))) return undefined;
    if (request === undefined) return undefined;
    const end = ending(request);
    const changes = { finished_at: context.now(), finishing: 0, error: end.error };
    if (request.status === 'CANCELLED') {
      await trx
        .updateTable('requests')
        .set(changes)
        .where('rid', '=', job.rid)
        .where('status', '=', 'CANCELLED')
        .execute();
    } else if (!(await moveRequest(trx, job.rid, end.status, changes))) {
      // Cancelled while the files were written: they must be written again, with what the cancelling changed.
      throw new AppError('cancelled');
    }
    const row = await getRequest(trx, job.rid);
    return row === undefined ? undefined : { row, announced: await context.outbox.announce(trx, row) };
  });
  if (ended !== undefined) context.onFinished(ended.row, ended.announced);
};

const ending = (request: RequestRow): { status: 'COMPLETED' | 'FAILED'; error: string | null } => {
  const { strict } = optionsOf(request);
  const status = finalStatus({ done: request.done, failed: request.failed, strict });
  if (status === 'COMPLETED' || request.status === 'CANCELLED') return { status, error: null };
  const reason =
    request.done === 0
      ? 'No image could be processed.'
      : `${request.failed} of ${request.total_images} images failed, and the request was strict.`;
  return { status, error: reason };
};

const cancelTheRest = async (request: RequestRow, signal: AbortSignal, context: FinishContext): Promise<void> => {
  const { rid } = request;
  const { database, meter } = context;
  for (let after = 0; after < request.total_images; after += CANCEL_SLICE) {
    signal.throwIfAborted();
    const images = await database.write.transaction().execute(async (trx) => {
      const range = { after, last: after + CANCEL_SLICE };
      const count = await cancelWaiting(trx, rid, range, ERRORS.cancelled.message);
      if (count === 0) return 0;
      await addFailures(trx, rid, { code: 'cancelled', detail: '', count });
      await addCounts(trx, rid, { done: 0, failed: count, bytesIn: 0, bytesOut: 0, openRetries: 0 });
      return count;
    });
    meter.settled({ images, outcome: 'failed', code: 'cancelled', bytesIn: 0, bytesOut: 0, work: null });
    await new Promise(setImmediate);
  }
};
