import type { Dialect } from '../catalogue/dialect.ts';
import { toAppError } from '../core/errors.ts';
import type { DeliveryRow, RequestRow } from '../db/schema.ts';
import type { Announcement } from '../notify/announcement.ts';
import type { AttemptOutcome } from '../notify/attempt-outcome.ts';
import { composeMail } from '../notify/compose-mail.ts';
import { MAX_ATTACHMENT_BYTES, type MailSender, type MailToSend } from '../notify/mail-sender.ts';
import type { WebhookSender } from '../notify/webhook-sender.ts';
import { csvMediaType, downloadName } from '../results/result-file-facts.ts';
import type { BlobStore } from '../store/blob-store.ts';
import { csvKey } from '../store/keys.ts';

/**
 * How long a mail under way may go on when the service stops. Breaking it off while the server takes it would leave
 * nobody knowing whether it arrived.
 */
const MAIL_GRACE_MS = 5_000;

export interface Sending {
  readonly delivery: DeliveryRow;
  readonly request: RequestRow;
  /** See `MailToSend`. */
  readonly onHandOver: () => Promise<void>;
}

/** The ways a delivery can go. */
export class Messengers {
  readonly #webhooks: WebhookSender;
  readonly #mail: MailSender | null;
  readonly #store: BlobStore;

  constructor(parts: {
    readonly webhooks: WebhookSender;
    /** Null: no mail server is set. */
    readonly mail: MailSender | null;
    readonly store: BlobStore;
  }) {
    this.#webhooks = parts.webhooks;
    this.#mail = parts.mail;
    this.#store = parts.store;
  }

  /** Makes one attempt. */
  async send(sending: Sending, signal: AbortSignal): Promise<AttemptOutcome> {
    const { id, kind, target, payload } = sending.delivery;
    if (kind === 'webhook') return this.#webhooks.send({ id, url: target, body: payload }, signal);
    if (this.#mail === null) return notNow('not sent: no mail server is set (HALVE_SMTP_URL)');
    let mail: MailToSend;
    try {
      mail = await this.#compose(sending);
    } catch (error) {
      return notNow(`not sent: ${toAppError(error, 'storage_failed').message}`);
    }
    const late = abortLater(signal, MAIL_GRACE_MS);
    try {
      return await this.#mail.send(mail, late.signal);
    } finally {
      late.end();
    }
  }

  async close(): Promise<void> {
    await this.#webhooks.close();
    await this.#mail?.close();
  }

  async #compose({ delivery, request, onHandOver }: Sending): Promise<MailToSend> {
    // Our own JSON, written when the request ended.
    const announcement: Announcement = JSON.parse(delivery.payload);
    const csv = await this.#outputCsv(request.id);
    const dialect: Dialect = JSON.parse(request.dialect);
    const attachment = Buffer.isBuffer(csv)
      ? { filename: downloadName(request, 'output'), contentType: csvMediaType(dialect), content: csv }
      : null;
    const parts = composeMail(announcement, { attached: Buffer.isBuffer(csv) ? true : csv });
    return { id: delivery.id, to: delivery.target, ...parts, attachment, onHandOver };
  }

  /** The file, or that there is none, or that it is too large for a mail. */
  async #outputCsv(requestId: string): Promise<Buffer | false | 'too-large'> {
    const blob = await this.#store.open(csvKey(requestId, 'output'));
    if (blob === null) return false;
    if (blob.size > MAX_ATTACHMENT_BYTES) {
      await blob.close();
      return 'too-large';
    }
    return Buffer.concat(await Array.fromAsync<Uint8Array>(blob.stream()));
  }
}

/** A signal that follows another one with a delay; `end` forgets both. */
const abortLater = (signal: AbortSignal, ms: number): { readonly signal: AbortSignal; end(): void } => {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(), ms);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: late.signal,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
};

const notNow = (result: string): AttemptOutcome => ({
  ok: false,
  result,
  answerCode: null,
  next: 'retry',
  retryAfterMs: null,
});
