/** When to try again a delivery that was not taken. Pure; the outbox makes the wait durable. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Before each try, the first one included, in milliseconds. */
export const DELIVERY_DELAYS_MS = {
  /** The schedule Standard Webhooks 1.0 gives as its example: ten tries in a little more than three days. */
  webhook: [0, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  /**
   * Soon for a mail server that restarts, after a quarter of an hour for grey-listing (RFC 6647), then with the long
   * breaks of RFC 5321 section 4.5.4.1. Five tries within 24 h, jitter included.
   */
  email: [0, MINUTE, 15 * MINUTE, 3 * HOUR, 18 * HOUR],
} as const;

/** Spreads what failed together by ±10 %, so that a receiver that comes back is not met by all of it at once. */
const JITTER = 0.1;

/** The longest wait a receiver may impose with `Retry-After`: the longest of the schedule. */
export const MAX_DELIVERY_RETRY_AFTER_MS = 24 * HOUR;

export interface FailedDelivery {
  readonly kind: keyof typeof DELIVERY_DELAYS_MS;
  /** How many tries were made so far; 0 before the first. */
  readonly tries: number;
  /** What the other side asked for, in milliseconds from now; null when it did not. */
  readonly retryAfterMs: number | null;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Milliseconds to wait before the next try, the other side's wish if that is longer; null when no try is left. */
export const nextDeliveryDelayMs = ({ kind, tries, retryAfterMs, random }: FailedDelivery): number | null => {
  const delay = DELIVERY_DELAYS_MS[kind][tries];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 - JITTER + 2 * JITTER * random()));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_DELIVERY_RETRY_AFTER_MS));
};
