import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';

/** As long as the keys of those who made the header known (Stripe); longer ones are a body in the wrong place. */
const MAX_LENGTH = 255;

/**
 * The `Idempotency-Key` of a call, taken as it is (quotes and all), or null when it brings none.
 * @throws AppError `malformed_request` unless it is 1 to 255 printable ASCII characters, once
 */
export const idempotencyKeyOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string | null => {
  // `headers` would join two of them to one that nobody sent.
  const keys = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'idempotency-key');
  const [key] = keys;
  if (key === undefined) return null;
  if (keys.length > 1) throw refusal(`came ${keys.length} times`);
  if (key.length === 0 || key.length > MAX_LENGTH) throw refusal(`has ${key.length}`);
  if (!/^[ -~]+$/.test(key)) throw refusal('has others');
  return key;
};

const refusal = (fault: string): AppError =>
  new AppError('malformed_request', {
    detail: `Idempotency-Key: expected once, 1 to ${MAX_LENGTH} printable ASCII characters; this one ${fault}.`,
  });
