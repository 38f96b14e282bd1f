import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey } from '../config/settings.ts';

/** Answers the name of the key a call brings, or null when it brings none of ours. */
export type KeyCheck = (headers: IncomingHttpHeaders) => string | null;

/**
 * Keys are kept as SHA-256 and compared in constant time; all are looked at, so that neither the number of right
 * characters nor the place in the list shows in the time an answer takes.
 */
export const createKeyCheck = (keys: readonly ApiKey[]): KeyCheck => {
  const known = keys.map(({ name, key }) => ({ name, digest: sha256(key) }));
  return (headers) => {
    const given = givenKey(headers);
    if (given === null) return null;
    const digest = sha256(given);
    let found: string | null = null;
    for (const key of known) if (timingSafeEqual(key.digest, digest)) found = key.name;
    return found;
  };
};

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `Authorization: Bearer <key>` (RFC 6750), or `X-API-Key` for tools that cannot send it. */
const givenKey = (headers: IncomingHttpHeaders): string | null => {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' ? plain : null);
};
