/** Signatures of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, as `v1,<base64>`. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { AppError } from '../core/errors.ts';

/** How far a message's clock and ours may differ: Standard Webhooks leaves the number open, its libraries take this. */
export const TIMESTAMP_TOLERANCE_S = 300;

export interface MessageToSign {
  /** The same for every attempt; must not hold a dot, which parts the signed text. */
  readonly id: string;
  /** When this attempt is made. */
  readonly timestamp: Date;
  /** Word for word as it is sent. */
  readonly body: string;
  /** `whsec_…`, newest first; at least one. All of them sign, so that a receiver may know either while one is replaced. */
  readonly secrets: readonly string[];
}

export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Whole seconds since 1970. */
  readonly 'webhook-timestamp': string;
  /** One `v1,<base64>` for each secret, parted by spaces. */
  readonly 'webhook-signature': string;
}

/** @throws TypeError without an id or a secret: that would be a fault of ours. */
export const signedHeaders = ({ id, timestamp, body, secrets }: MessageToSign): SignedHeaders => {
  if (!ID.test(id) || secrets.length === 0) throw new TypeError('a message needs an id without dots, and a secret');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, timestamp, body)).join(' '),
  };
};

export interface MessageToVerify {
  /** Names in lower case, as Node gives them. */
  readonly headers: IncomingHttpHeaders;
  /** Byte for byte as it came: parsed and written again, JSON is no longer what was signed. */
  readonly body: Uint8Array;
  /** Any of them may have signed. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface VerifiedMessage {
  /** Repeats of a message have the same: what was done once need not be done again. */
  readonly id: string;
  readonly timestamp: Date;
}

/**
 * The package signs but does not verify here: it would turn the bytes into text first, where different bytes can become
 * the same, would ask the real clock, and takes fifteen times as long over a large body that anybody can send.
 * @throws AppError `invalid_signature` that says which of the three headers is missing or wrong, how far the clock is
 *   off, or that no signature fits.
 */
export const verifySignature = ({ headers, body, secrets, now }: MessageToVerify): VerifiedMessage => {
  const id = required(headers, 'webhook-id');
  const seconds = required(headers, 'webhook-timestamp');
  const signatures = required(headers, 'webhook-signature');
  if (!ID.test(id)) throw invalid('The header webhook-id is not 1 to 256 printable characters without dots or spaces.');
  checkTimestamp(seconds, now);
  const given = signatures.split(' ').flatMap((word) => (word.startsWith('v1,') ? [word.slice(3)] : []));
  if (given.length === 0) throw invalid('The header webhook-signature holds no signature of version v1.');
  const expected = secrets.map((secret) => signature(secret, `${id}.${seconds}.`, body));
  if (!given.some((word) => expected.some((fitting) => isEqual(word, fitting)))) {
    throw invalid('No signature fits: another secret was used, or the body was changed after it was signed.');
  }
  return { id, timestamp: new Date(Number(seconds) * 1000) };
};

/** Without a dot, which parts id, timestamp and body in what is signed and could move the borders between them. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;
/** Forty signatures, more than anybody has secrets in rotation; each of them costs comparisons. */
const MAX_HEADER_LENGTH = 2_000;

const required = (headers: IncomingHttpHeaders, name: keyof SignedHeaders): string => {
  const value = headers[name];
  if (value === undefined || value === '') throw invalid(`The header ${name} is missing.`);
  if (typeof value !== 'string' || value.length > MAX_HEADER_LENGTH) {
    throw invalid(`The header ${name} came several times or is too long.`);
  }
  return value;
};

const checkTimestamp = (text: string, now: number): void => {
  // Eleven digits last until the year 5138.
  if (!/^\d{1,11}$/.test(text)) throw invalid('The header webhook-timestamp is not a time in seconds since 1970.');
  const ahead = Number(text) - Math.floor(now / 1000);
  if (Math.abs(ahead) <= TIMESTAMP_TOLERANCE_S) return;
  const where = ahead > 0 ? 'in the future' : 'in the past';
  throw invalid(
    `The time in webhook-timestamp lies ${Math.abs(ahead)} s ${where}; ${TIMESTAMP_TOLERANCE_S} s are allowed.`,
  );
};

const signature = (secret: string, prefix: string, body: Uint8Array): string =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(prefix)
    .update(body)
    .digest('base64');

const isEqual = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
};

const invalid = (detail: string): AppError => new AppError('invalid_signature', { detail });
