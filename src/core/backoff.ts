/** When to try again what failed for a reason that may pass. Pure; the queue makes the wait durable. */

/** Tries in all, the first one included. */
export const MAX_ATTEMPTS = 4;

/** The longest wait a server may impose with `Retry-After`; what asks for more is waited for this long. */
export const MAX_RETRY_AFTER_MS = 120_000;

/** Wait before the first, second, third and fourth try, before jitter. Four times longer each: 40 s ride out a restart. */
const DELAYS_MS = [0, 2_000, 8_000, 30_000] as const;

export interface FailedTry {
  /** How many tries were made so far; 0 before the first. */
  readonly attempt: number;
  /** What the server asked for with `Retry-After`, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** Uniform in [0, 1); spreads images that failed together over ±50 % of the wait. */
  readonly random: () => number;
}

/** Milliseconds to wait before the next try: 0, 2, 8, 30 s ± 50 %, or the server's own wish if that is longer. */
export const nextTryDelayMs = ({ attempt, retryAfterMs = 0, random }: FailedTry): number => {
  const delay = DELAYS_MS[Math.min(Math.max(attempt, 0), DELAYS_MS.length - 1)] ?? 0;
  const jittered = Math.round(delay * (0.5 + random()));
  return Math.max(jittered, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
};
