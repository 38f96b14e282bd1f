import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';

/** A watch over the speed of an arriving body. */
export interface BodyPace {
  /** Rejects with `too_slow` when a window brought too little. */
  readonly tooSlow: Promise<never>;
  stop(): void;
}

/**
 * Watches that a body keeps arriving: every window must bring a few bytes. A limit on the whole time alone would let a
 * handful of clients that send a byte a second hold their places for minutes.
 */
export const watchPace = (
  request: IncomingMessage,
  { windowMs, minBytes }: { readonly windowMs: number; readonly minBytes: number },
): BodyPace => {
  let seen = request.socket.bytesRead;
  const { promise: tooSlow, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    const now = request.socket.bytesRead;
    if (!request.complete && now - seen < minBytes) reject(new AppError('too_slow'));
    seen = now;
  }, windowMs);
  timer.unref();
  return { tooSlow, stop: () => clearInterval(timer) };
};
