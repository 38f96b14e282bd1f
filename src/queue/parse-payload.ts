import type { JobKind, JobPayloads } from './queue.ts';

/**
 * Payloads come back from a database another version of Halve may have written, so they are checked on the way in.
 * @throws TypeError when the text is not a payload of that kind.
 */
export const parsePayload = <K extends JobKind>(kind: K, text: string): JobPayloads[K] =>
  PARSERS[kind](JSON.parse(text));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PARSERS: { readonly [K in JobKind]: (value: unknown) => JobPayloads[K] } = {
  images(value) {
    if (isObject(value) && Array.isArray(value.ordinals)) {
      const ordinals = value.ordinals.filter((item) => Number.isSafeInteger(item));
      if (ordinals.length === value.ordinals.length)
        return { ordinals, solo: value.solo === true, retry: value.retry === true };
    }
    throw new TypeError('A job of kind images has no list of ordinals');
  },
  finish: () => ({}),
  remove(value) {
    if (isObject(value) && typeof value.requestId === 'string') return { requestId: value.requestId };
    throw new TypeError('A job of kind remove has no request id');
  },
  deliver(value) {
    if (isObject(value) && typeof value.deliveryId === 'string')
      return { deliveryId: value.deliveryId, byHand: value.byHand === true };
    throw new TypeError('A job of kind deliver has no delivery id');
  },
};

export const JOB_KINDS = Object.keys(PARSERS) as readonly JobKind[];
