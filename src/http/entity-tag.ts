import { createHash } from 'node:crypto';

/** Does `If-None-Match` name this tag (RFC 9110, 13.1.2)? The comparison is weak: `W/` makes no difference. */
export const matchesTag = (header: string | undefined, tag: string): boolean => {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.replace(/^W\//, ''));
};

/** A weak tag of an answer made for the occasion. */
export const weakTag = (payload: string): string =>
  `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 22)}"`;
