import { AppError, type ErrorCode } from '../core/errors.ts';
import { oneLine } from '../core/one-line.ts';
import type { PostAnswer, Poster } from '../fetch/poster.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import { signedHeaders } from './sign.ts';

export interface WebhookSenderOptions {
  readonly poster: Pick<Poster, 'post' | 'close'>;
  /** `whsec_…`, newest first; at least one. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface WebhookMessage {
  /** `webhook-id`: the same for every attempt, so that the receiver knows a repeat. */
  readonly id: string;
  readonly url: string;
  /** JSON, sent and signed word for word. */
  readonly body: string;
}

/** What Standard Webhooks advises for a payload; links lead to the rest. */
export const MAX_WEBHOOK_BYTES = 20_000;
/** As `AttemptOutcome` promises. */
const MAX_RESULT = 300;
/** Nobody can take a message at such an address before somebody changes the address, or the operator opens it. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['invalid_url', 'address_not_allowed']);

/** Makes single attempts to deliver webhooks (Standard Webhooks 1.0); the schedule between them is the outbox's. */
export class WebhookSender {
  readonly #poster: Pick<Poster, 'post' | 'close'>;
  readonly #secrets: readonly string[];
  readonly #now: () => number;

  constructor({ poster, secrets, now }: WebhookSenderOptions) {
    this.#poster = poster;
    this.#secrets = secrets;
    this.#now = now;
  }

  /**
   * One attempt. Whatever the receiver does is an outcome: 2xx is success; 410 closes the address; an address that can
   * never be called is given up; everything else, redirects included, is worth another try.
   * @throws AppError `cancelled` when `signal` aborts or the sender is closed before there is an answer: no attempt to
   *   count. TypeError for a body over 20 kB, which would be a fault of ours.
   */
  async send({ id, url, body }: WebhookMessage, signal: AbortSignal): Promise<AttemptOutcome> {
    const size = Buffer.byteLength(body);
    if (size > MAX_WEBHOOK_BYTES) throw new TypeError(`a webhook of ${size} bytes; ${MAX_WEBHOOK_BYTES} at most`);
    try {
      return outcomeOf(await this.#poster.post(url, { headers: () => this.#headers(id, body), body, signal }));
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'cancelled') throw error;
      return {
        ok: false,
        result: oneLine(`${error.code.replaceAll('_', ' ')}: ${error.message}`, MAX_RESULT),
        answerCode: null,
        next: HOPELESS.has(error.code) ? 'give-up' : 'retry',
        retryAfterMs: null,
      };
    }
  }

  async close(): Promise<void> {
    await this.#poster.close();
  }

  #headers(id: string, body: string): Readonly<Record<string, string>> {
    const timestamp = new Date(this.#now());
    return {
      'content-type': 'application/json',
      // The body of the answer is not used.
      accept: '*/*',
      ...signedHeaders({ id, timestamp, body, secrets: this.#secrets }),
    };
  }
}

const outcomeOf = (answer: PostAnswer): AttemptOutcome => {
  const { status, retryAfterMs } = answer;
  const ok = status >= 200 && status <= 299;
  return {
    ok,
    result: oneLine(resultOf(answer, ok), MAX_RESULT),
    answerCode: status,
    next: status === 410 ? 'close-target' : 'retry',
    retryAfterMs: ok ? null : retryAfterMs,
  };
};

/** Where a redirect leads is left out: the log is open to people who are not meant to know the receiver's network. */
const resultOf = ({ status, statusText, snippet, location }: PostAnswer, ok: boolean): string => {
  const head = `${status} ${statusText}`.trim();
  if (ok) return head;
  if (status >= 300 && status <= 399 && location !== null) return `${head}: redirects are not followed`;
  // Error pages often say no more than the status itself.
  return snippet === '' || head.includes(snippet) ? head : `${head}: ${snippet}`;
};
