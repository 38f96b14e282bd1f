import type { Logger } from '../core/log.ts';
import {
  type Attempt,
  closedReason,
  closeTarget,
  type DeliveryChanges,
  findDelivery,
  logAttempt,
  markHandingOver,
  reopenTarget,
  settleDelivery,
} from '../db/deliveries.ts';
import type { Database, Trx } from '../db/open-database.ts';
import { getRequest } from '../db/requests.ts';
import type { DeliveryRow, RequestRow } from '../db/schema.ts';
import type { Meter } from '../metrics/meter.ts';
import type { AttemptOutcome } from '../notify/attempt-outcome.ts';
import { nextDeliveryDelayMs } from '../notify/retry-schedule.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Messengers } from './messengers.ts';
import { notSentTo } from './outbox.ts';
import { ReceiverPlaces } from './receiver-places.ts';

/** A replay waits this long for an attempt at the same delivery to end, and the other way round. */
const SAME_DELIVERY_MS = 1_000;

export interface DeliverContext {
  readonly database: Database;
  readonly queue: Queue;
  readonly messengers: Messengers;
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly meter: Meter;
}

/** Makes attempts at deliveries; one job is one attempt. */
export class Deliverer {
  readonly #context: DeliverContext;
  readonly #places: ReceiverPlaces;
  readonly #underWay = new Set<string>();

  constructor(context: DeliverContext) {
    this.#context = context;
    this.#places = new ReceiverPlaces(context.now, context.random);
  }

  /** Answers a number when the receiver is busy: the job is to come again after so many milliseconds. */
  async deliver(job: Job<'deliver'>, signal: AbortSignal): Promise<number | undefined> {
    const { database, queue } = this.#context;
    const { deliveryId, byHand } = job.payload;
    const delivery = await findDelivery(database.read, deliveryId);
    const request = await getRequest(database.read, job.rid);
    if (delivery === undefined || request === undefined || (delivery.state !== 'PENDING' && !byHand)) {
      // Deleted with its request, or a replay by hand was quicker than the schedule.
      await database.write.transaction().execute((trx) => queue.complete(trx, job));
      return undefined;
    }
    // Two at once would undo what the other wrote down: a success, or that nobody knows whether a mail was taken.
    if (this.#underWay.has(deliveryId)) return SAME_DELIVERY_MS;
    const leave = this.#places.enter(receiverOf(delivery));
    if (typeof leave === 'number') return leave;
    this.#underWay.add(deliveryId);
    try {
      await this.#attempt(job, delivery, request, signal);
    } finally {
      this.#underWay.delete(deliveryId);
      leave();
    }
    return undefined;
  }

  async #attempt(job: Job<'deliver'>, delivery: DeliveryRow, request: RequestRow, signal: AbortSignal): Promise<void> {
    const { database, now, log, meter } = this.#context;
    const at = now();
    const start = performance.now();
    const outcome = (await this.#refusal(job, delivery)) ?? (await this.#send(delivery, request, signal));
    if (signal.aborted && outcome.answerCode === null && outcome.next === 'retry' && !outcome.ok) {
      // Stopped in the middle, and nothing has come of it: the next start makes this attempt.
      await database.write.transaction().execute((trx) => markHandingOver(trx, delivery.id, false));
      throw new Error('the attempt was broken off');
    }
    const ms = Math.round(performance.now() - start);
    const { ok, result, answerCode: answer_code } = outcome;
    const { byHand } = job.payload;
    const attempt: Attempt = { at, ok: ok ? 1 : 0, result, answer_code, ms, by_hand: byHand ? 1 : 0 };
    await database.write.transaction().execute((trx) => this.#record(trx, job, outcome, attempt));
    log.info(
      { request_id: request.id, delivery_id: delivery.id, kind: delivery.kind, ok, result, ms, by_hand: byHand },
      'delivery attempt',
    );
    meter.delivered(delivery.kind, ok);
  }

  /** Why this attempt is not made, if so. */
  async #refusal({ payload }: Job<'deliver'>, delivery: DeliveryRow): Promise<AttemptOutcome | null> {
    if (delivery.handing_over === 1) {
      return gaveUp(
        'unknown: the service was stopped while the mail server was taking the message; it may have arrived',
      );
    }
    if (payload.byHand) return null;
    const closed = notSentTo(await closedReason(this.#context.database.read, delivery.target));
    return closed === null ? null : gaveUp(closed);
  }

  #send(delivery: DeliveryRow, request: RequestRow, signal: AbortSignal): Promise<AttemptOutcome> {
    const onHandOver = (): Promise<void> =>
      this.#context.database.write.transaction().execute((trx) => markHandingOver(trx, delivery.id, true));
    return this.#context.messengers.send({ delivery, request, onHandOver }, signal);
  }

  /** Writes an attempt into the log and queues the next one, in the transaction that completes the job. */
  async #record(trx: Trx, job: Job<'deliver'>, outcome: AttemptOutcome, attempt: Attempt): Promise<void> {
    if (!(await this.#context.queue.complete(trx, job))) return;
    const delivery = await findDelivery(trx, job.payload.deliveryId);
    if (delivery === undefined) return;
    await logAttempt(trx, delivery.id, attempt);
    if (outcome.ok) await reopenTarget(trx, delivery.target);
    else if (outcome.next === 'close-target') {
      const reason = `the receiver answered ${outcome.result} on ${new Date(attempt.at).toISOString()}`;
      await closeTarget(trx, delivery.target, { at: attempt.at, reason });
    }
    const changes = this.#changes(delivery, outcome, job.payload.byHand);
    await settleDelivery(trx, delivery.id, changes);
    const again = changes.state === 'PENDING' && !job.payload.byHand;
    if (!again || changes.next_try_at === null) return;
    const payload = { deliveryId: delivery.id, byHand: false };
    await this.#context.queue.enqueue(trx, [{ kind: 'deliver', rid: job.rid, payload, runAt: changes.next_try_at }]);
  }

  /** A replay that fails changes nothing: neither the schedule nor what was delivered before. */
  #changes(delivery: DeliveryRow, outcome: AttemptOutcome, byHand: boolean): DeliveryChanges {
    const { state, tries, next_try_at } = delivery;
    if (outcome.ok) return { state: 'DELIVERED', tries: tries + (byHand ? 0 : 1), next_try_at: null };
    if (byHand) return { state, tries, next_try_at };
    const delayMs =
      outcome.next === 'retry'
        ? nextDeliveryDelayMs({
            kind: delivery.kind,
            tries: tries + 1,
            retryAfterMs: outcome.retryAfterMs,
            random: this.#context.random,
          })
        : null;
    if (delayMs === null) return { state: 'FAILED', tries: tries + 1, next_try_at: null };
    return { state: 'PENDING', tries: tries + 1, next_try_at: this.#context.now() + delayMs };
  }
}

/** Whom the places are counted for: a web server by its host, a person's mail server is one and the same for all. */
const receiverOf = ({ kind, target }: DeliveryRow): string => (kind === 'email' ? 'mail server' : new URL(target).host);

const gaveUp = (result: string): AttemptOutcome => ({
  ok: false,
  result,
  answerCode: null,
  next: 'give-up',
  retryAfterMs: null,
});
