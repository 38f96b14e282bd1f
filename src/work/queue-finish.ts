import type { Trx } from '../db/open-database.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Queue } from '../queue/queue.ts';

/** Queues the finish of a running request with its last image, in the same transaction, once. */
export const queueFinishIfSettled = async (trx: Trx, queue: Queue, request: RequestRow): Promise<void> => {
  if (request.status !== 'PROCESSING' || request.finishing === 1) return;
  if (request.done + request.failed < request.total_images) return;
  await trx.updateTable('requests').set({ finishing: 1 }).where('rid', '=', request.rid).execute();
  await queue.enqueue(trx, [{ kind: 'finish', rid: request.rid, payload: {} }]);
};
