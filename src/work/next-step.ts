import { MAX_ATTEMPTS } from '../core/backoff.ts';
import { isImageErrorCode } from '../core/errors.ts';
import type { ImageFailure } from './press-messages.ts';

/** What happens to an image after a failed try. */
export type NextStep = { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'give-up' };

/** Milliseconds to wait after `tries` failed tries; `retryAfterMs` is the server's own wish. See core/backoff.ts. */
export type Backoff = (tries: number, retryAfterMs: number | null) => number;

/**
 * Presses that may die over one image before it is called a crasher. The first death may be somebody else's doing (an
 * operator's kill, the kernel short of memory, a neighbour in the same press); alone and twice more, it is the image's.
 */
export const MAX_CRASHES = 3;

/** The one place that decides between trying again and giving up; it looks at nothing but the error and the count. */
export const nextStep = (failure: ImageFailure, tries: number, backoff: Backoff): NextStep => {
  if (!failure.retryable || !isImageErrorCode(failure.code) || tries >= MAX_ATTEMPTS) return { kind: 'give-up' };
  return { kind: 'retry', delayMs: backoff(tries, failure.retryAfterMs) };
};
