/** Shared secrets of Standard Webhooks 1.0: 24 to 64 random bytes, written as `whsec_` and base64. */
import { randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

export const WEBHOOK_SECRET_FORM = `${PREFIX} followed by the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`;

/**
 * One secret, or several separated by spaces or commas while one is being replaced: messages are signed with all of
 * them, and what comes in may be signed with any. The first is the newest.
 * @returns null when one of them is not well-formed
 */
export const parseWebhookSecrets = (text: string): readonly string[] | null => {
  const secrets = text.split(/[\s,]+/).filter((word) => word !== '');
  return secrets.every(isWellFormed) ? secrets : null;
};

export const newWebhookSecret = (): string => PREFIX + randomBytes(32).toString('base64');

const isWellFormed = (secret: string): boolean => {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = Buffer.from(base64, 'base64');
  const canonical = bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return canonical && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
};
