import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { isFinished } from '../core/states.ts';
import { findDelivery } from '../db/deliveries.ts';
import { clearFailures } from '../db/failures.ts';
import { type Database, databaseError, type Trx } from '../db/open-database.ts';
import { findRequest, getRequest, moveRequest } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { resetFailed } from '../db/settle-images.ts';
import { type Caller, KeysInUse, keyIsKnown, type Submitted } from '../intake/once.ts';
import { type IntakeContext, type Submission, submitOnce, submitRequest } from '../intake/submit-request.ts';
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
  readonly #intake: IntakeContext;
  readonly #log: Logger;
  readonly #keysInUse = new KeysInUse();
  readonly #dropWork: (rid: number) => void;
  readonly #onChange: (request: RequestRow) => void;
  readonly #onRemoved: (request: RequestRow) => void;

  constructor(parts: {
    readonly database: Database;
    readonly queue: Queue;
    readonly presses: number;
    readonly now: () => number;
    readonly intake: Omit<IntakeContext, 'queueFirstWork'>;
    readonly log: Logger;
    /** Stops the presses' work on a request. */
    readonly dropWork: (rid: number) => void;
    /** Called after every commit that changed a request. */
    readonly onChange: (request: RequestRow) => void;
    /** Called with a request that is gone. */
    readonly onRemoved: (request: RequestRow) => void;
  }) {
    this.#database = parts.database;
    this.#queue = parts.queue;
    this.#presses = parts.presses;
    this.#now = parts.now;
    this.#log = parts.log;
    this.#intake = {
      ...parts.intake,
      queueFirstWork: (trx, request) => queueChunks(trx, this.#queue, request, this.#presses),
    };
    this.#dropWork = parts.dropWork;
    this.#onChange = parts.onChange;
    this.#onRemoved = parts.onRemoved;
  }

  /** Takes a catalogue in. See {@link submitRequest}. */
  async submit(submission: Submission): Promise<RequestRow> {
    const request = await submitRequest(submission, this.#intake);
    this.#logAccepted(request, submission);
    return request;
  }

  /** Takes a catalogue in, unless this caller sent it before. See {@link submitOnce}. */
  async submitOnce(submission: Submission, caller: Caller): Promise<Submitted> {
    const submitted = await submitOnce(submission, caller, this.#intake);
    const { request, as } = submitted;
    if (as === 'new') this.#logAccepted(request, submission);
    else this.#log.info({ request_id: request.id, as }, 'the same upload again');
    return submitted;
  }

  /**
   * To be called before a file arrives whose upload has a key: until the function that is answered is called, no other
   * upload with it may begin. A key that stands for a request already is not held: its repetitions may come at once.
   * @throws AppError `idempotency_key_in_use`
   */
  async holdKey({ owner, idempotencyKey: key }: Caller): Promise<() => void> {
    if (key === null || (await keyIsKnown(this.#database.read, { owner, key }, this.#now()))) return () => {};
    return this.#keysInUse.hold({ owner, key });
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
  async process(requestId: string): Promise<RequestRow> {
    const started = await this.#change(requestId, async (trx, request) => {
      const finished = isFinished(request.status) && request.finished_at !== null;
      const waiting = request.status === 'PENDING' && request.open_chunks === 0;
      if (!finished && !waiting) throw new AppError('request_running');
      if (finished && request.failed === 0) throw new AppError('nothing_to_do');
      if (finished) {
        await resetFailed(trx, request.rid);
        await clearFailures(trx, request.rid);
      }
      // One that was never started may have failures too, reported by an outside processor; those stand.
      const failed = finished ? 0 : request.failed;
      const reset = { started_at: this.#now(), finished_at: null, error: null, cursor: 0, failed };
      await moveRequest(trx, request.rid, 'PROCESSING', reset);
      await queueChunks(trx, this.#queue, { ...request, cursor: 0 }, this.#presses);
    });
    const { id, total_images, done, failed } = started;
    this.#log.info({ request_id: id, images: total_images - done - failed }, 'started by a call');
    this.#onChange(started);
    return started;
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
    this.#log.info({ request_id: requestId, done: request.done, failed: request.failed }, 'cancelled');
    this.#dropWork(request.rid);
    this.#onChange(request);
    return request;
  }

  /** Deletes a request with its files, whatever its status. It is gone for everybody when this returns. */
  async remove(requestId: string): Promise<void> {
    const removed = await this.#change(requestId, async (trx, request) => {
      const runAt = this.#now() + (isFinished(request.status) ? 0 : DROP_GRACE_MS);
      await this.#queue.enqueue(trx, [{ kind: 'remove', rid: request.rid, payload: { requestId }, runAt }]);
      await trx.deleteFrom('requests').where('rid', '=', request.rid).execute();
    });
    this.#log.info({ request_id: requestId, status: removed.status }, 'deleted');
    if (!isFinished(removed.status)) this.#dropWork(removed.rid);
    this.#onRemoved(removed);
  }

  /**
   * Makes one attempt at a delivery now, whatever its schedule says and even if it was delivered before; with the same id
   * and the current secret.
   * @throws AppError `delivery_not_found`
   */
  async replay(deliveryId: string): Promise<void> {
    try {
      const request = await this.#database.write.transaction().execute(async (trx) => {
        const delivery = await findDelivery(trx, deliveryId);
        if (delivery === undefined) throw new AppError('delivery_not_found');
        await this.#queue.enqueue(trx, [{ kind: 'deliver', rid: delivery.rid, payload: { deliveryId, byHand: true } }]);
        return getRequest(trx, delivery.rid);
      });
      this.#log.info({ request_id: request?.id ?? null, delivery_id: deliveryId }, 'delivery asked for again');
    } catch (error) {
      throw databaseError(error);
    }
  }

  #logAccepted({ id, total_products, total_images, faulty_rows, owner }: RequestRow, { bytes }: Submission): void {
    const counts = { products: total_products, images: total_images, faulty_rows, bytes };
    this.#log.info({ request_id: id, ...counts, owner }, 'accepted');
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
