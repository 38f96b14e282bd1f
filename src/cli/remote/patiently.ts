import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';

/** How soon it is worth asking again; what servers name in `Retry-After`. */
export const POLL_MS = 2_000;
/** A server that is started anew is waited for this long. */
const PATIENCE_MS = 120_000;

/** Asks again for a while when the server is not there. @param whenAway called each time it is not */
export const patiently = async <T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  whenAway: () => void = () => {},
): Promise<T> => {
  const since = performance.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof AppError && error.retryable;
      if (!passing || performance.now() - since > PATIENCE_MS) throw error;
      whenAway();
      await pause(POLL_MS, undefined, { signal });
    }
  }
};
