import { randomUUID } from 'node:crypto';
import { closedReason, insertDelivery, logAttempt } from '../db/deliveries.ts';
import { failedProductCount, failureCounts } from '../db/failures.ts';
import type { Trx } from '../db/open-database.ts';
import { optionsOf } from '../db/requests.ts';
import type { DeliveryKind, RequestRow } from '../db/schema.ts';
import type { Queue } from '../queue/queue.ts';
import { announcementOf } from './announce.ts';
import type { OutputLinks } from './output-links.ts';

/** An end that was made known. */
export interface Announced {
  /** Of the webhook, also where the request names none. */
  readonly id: string;
  readonly request_id: string;
  /** `Announcement` as JSON. */
  readonly body: string;
  /** Deliveries written. */
  readonly deliveries: number;
}

/** Writes what is to be sent about ended requests; `deliver.ts` sends it. */
export class Outbox {
  readonly #queue: Queue;
  readonly #links: OutputLinks;
  readonly #now: () => number;
  readonly #mailIsOn: boolean;

  constructor(parts: {
    readonly queue: Queue;
    readonly links: OutputLinks;
    readonly now: () => number;
    /** Is there a mail server? */
    readonly mailIsOn: boolean;
  }) {
    this.#queue = parts.queue;
    this.#links = parts.links;
    this.#now = parts.now;
    this.#mailIsOn = parts.mailIsOn;
  }

  /**
   * Writes the deliveries of a request that has ended, with the work to send them, in the caller's transaction: the end
   * and its announcement stand together or not at all. The payload is kept as it is now, so that every attempt sends the
   * same bytes under the same id.
   */
  async announce(trx: Trx, request: RequestRow): Promise<Announced> {
    const { rid } = request;
    const announcement = await announcementOf(
      {
        request,
        failures: await failureCounts(trx, rid),
        failedProducts: request.failed === 0 ? 0 : await failedProductCount(trx, rid),
      },
      this.#links,
    );
    const body = JSON.stringify(announcement);
    const { webhookUrl, email } = optionsOf(request);
    const webhookId = newDeliveryId();
    if (webhookUrl !== null) await this.#write(trx, { id: webhookId, rid, kind: 'webhook', target: webhookUrl, body });
    if (email !== null) await this.#write(trx, { id: newDeliveryId(), rid, kind: 'email', target: email, body });
    const deliveries = [webhookUrl, email].filter((target) => target !== null).length;
    return { id: webhookId, request_id: request.id, body, deliveries };
  }

  async #write(
    trx: Trx,
    { body, ...delivery }: { id: string; rid: number; kind: DeliveryKind; target: string; body: string },
  ): Promise<void> {
    const now = this.#now();
    const obstacle = await this.#obstacle(trx, delivery.kind, delivery.target);
    const state = obstacle === null ? 'PENDING' : 'FAILED';
    const next_try_at = obstacle === null ? now : null;
    await insertDelivery(trx, { ...delivery, payload: body, state, created_at: now, next_try_at });
    if (obstacle !== null) {
      const facts = { at: now, ok: 0, answer_code: null, ms: 0, by_hand: 0 };
      return logAttempt(trx, delivery.id, { ...facts, result: obstacle });
    }
    await this.#queue.enqueue(trx, [
      { kind: 'deliver', rid: delivery.rid, payload: { deliveryId: delivery.id, byHand: false } },
    ]);
  }

  /** Why nothing is even tried, in words for the log; or null. */
  async #obstacle(trx: Trx, kind: DeliveryKind, target: string): Promise<string | null> {
    if (kind === 'email') return this.#mailIsOn ? null : 'not sent: no mail server is set (HALVE_SMTP_URL)';
    return notSentTo(await closedReason(trx, target));
  }
}

export const notSentTo = (closed: string | undefined): string | null =>
  closed === undefined ? null : `not sent: ${closed}; a replay by hand that succeeds opens the address again`;

/** 122 random bits; `webhook-id` must be unique, and the id in a path is what gives access to its log. */
const newDeliveryId = (): string => `msg_${randomUUID().replaceAll('-', '')}`;
