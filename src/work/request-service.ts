import { AppError } from '../core/errors.ts';
import { isFinished } from '../core/states.ts';
import { clearFailures } from '../db/failures.ts';
import { resetFailed } from '../db/images.ts';
import { type Database, databaseError, type Trx } from '../db/open-database.ts';
import { findRequest, getRequest, moveRequest } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { type IntakeContext, type Submission, submitRequest } from '../intake/submit-request.ts';
import type { Queue } from '../queue/queue.ts';
import { queueChunks } from './chunks.ts';

/** Presses get this long to drop what they were storing before the files of a running request are removed. */
const DROP_GRACE_MS = 2_000;

/** What people can do with requests, whichever door they come through. */
export class RequestService {
  readonly #database: Database;
  readonly #queue: Queue;
  readonly #presses: number;
  readonly #now: () => number;
  readonly #intake: Omit<IntakeContext, 'queueFirstWork'>;
  readonly #dropWork: (rid: number) => void;

  constructor(parts: {
    readonly database: Database;
    readonly queue: Queue;
    readonly presses: number;
    readonly now: () => number;
    readonly intake: Omit<IntakeContext, 'queueFirstWork'>;
    /** Stops the presses' work on a request. */
    readonly dropWork: (rid: number) => void;
  }) {
    this.#database = parts.database;
    this.#queue = parts.queue;
    this.#presses = parts.presses;
    this.#now = parts.now;
    this.#intake = parts.intake;
    this.#dropWork = parts.dropWork;
  }

  /** Takes a catalogue in. See {@link submitRequest}. */
  submit(submission: Submission): Promise<RequestRow> {
    const queueFirstWork = (trx: Trx, request: RequestRow): Promise<void> =>
      queueChunks(trx, this.#queue, request, this.#presses);
    return submitRequest(submission, { ...this.#intake, queueFirstWork });
  }

  /** @throws AppError `request_not_found` */
  async get(requestId: string): Promise<RequestRow> {
    const request = await findRequest(this.#database.read, requestId);
    if (request === undefined) throw new AppError('request_not_found');
    return request;
  }

  /**
   * Starts a request that waits for it, or runs the failed images of a finished one again.
   * @throws AppError `request_running`, `nothing_to_do`, `request_not_found`
   */
  process(requestId: string): Promise<RequestRow> {
    return this.#change(requestId, async (trx, request) => {
      const finished = isFinished(request.status) && request.finished_at !== null;
      const waiting = request.status === 'PENDING' && request.open_chunks === 0;
      if (!finished && !waiting) throw new AppError('request_running');
      if (finished && request.failed === 0) throw new AppError('nothing_to_do');
      if (finished) {
        await resetFailed(trx, request.rid);
        await clearFailures(trx, request.rid);
      }
      const started = { started_at: this.#now(), finished_at: null, error: null, cursor: 0, failed: 0 };
      await moveRequest(trx, request.rid, 'PROCESSING', started);
      await queueChunks(trx, this.#queue, { ...request, cursor: 0 }, this.#presses);
    });
  }

  /**
   * Stops a request; what is done is kept and stands in its result files.
   * @throws AppError `request_finished`, `request_not_found`
   */
  async cancel(requestId: string): Promise<RequestRow> {
    const request = await this.#change(requestId, async (trx, { rid, finishing }) => {
      const moved = await moveRequest(trx, rid, 'CANCELLED', { finishing: 1 });
      if (!moved) throw new AppError('request_finished');
      if (finishing === 0) await this.#queue.enqueue(trx, [{ kind: 'finish', rid, payload: {} }]);
    });
    this.#dropWork(request.rid);
    return request;
  }

  /** Deletes a request with its files, whatever its status. It is gone for everybody when this returns. */
  async remove(requestId: string): Promise<void> {
    const { rid, status } = await this.#change(requestId, async (trx, request) => {
      const runAt = this.#now() + (isFinished(request.status) ? 0 : DROP_GRACE_MS);
      await this.#queue.enqueue(trx, [{ kind: 'remove', rid: request.rid, payload: { requestId }, runAt }]);
      await trx.deleteFrom('requests').where('rid', '=', request.rid).execute();
    });
    if (!isFinished(status)) this.#dropWork(rid);
  }

  /** Runs a change in a transaction and answers the request as it stands afterwards (or stood, if it is gone). */
  async #change(requestId: string, change: (trx: Trx, request: RequestRow) => Promise<void>): Promise<RequestRow> {
    try {
      return await this.#database.write.transaction().execute(async (trx) => {
        const request = await findRequest(trx, requestId);
        if (request === undefined) throw new AppError('request_not_found');
        await change(trx, request);
        return (await getRequest(trx, request.rid)) ?? request;
      });
    } catch (error) {
      throw databaseError(error);
    }
  }
}
