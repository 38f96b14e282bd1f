import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../core/log.ts';
import type { Job, Queue } from '../queue/queue.ts';

/** Wait before the database is asked again. */
const RETRY_MS = 1_000;

/**
 * Gives a job back, however long the database refuses (a full disk): a job that is taken and not given back would wait
 * for the next start of the program.
 * @param log names the request in its lines
 * @param goOn false ends the waiting; the next start gives the job back
 */
export const releaseJob = async (
  queue: Queue,
  job: Job,
  runAt: number,
  { goOn, log }: { readonly goOn: () => boolean; readonly log: Logger },
): Promise<void> => {
  for (;;) {
    try {
      await queue.release(job, runAt);
      return;
    } catch (error) {
      log.error({ err: error, kind: job.kind }, 'a job could not be given back; trying again');
      if (!goOn()) return;
      await delay(RETRY_MS, undefined, { ref: false });
    }
  }
};
