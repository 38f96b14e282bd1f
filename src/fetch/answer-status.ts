/** What a status line means for an image: go on, go elsewhere, or give up; and what it says about the server. */
import { STATUS_CODES } from 'node:http';
import { AppError } from '../core/errors.ts';
import type { HostVerdict } from './host-gate.ts';
import { parseRetryAfter } from './retry-after.ts';

/** The head of an answer, as far as it matters here. */
export interface AnswerHead {
  readonly statusCode: number;
  /** Undici gives a list for any header that came twice, whatever Node's types say of it. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const first = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Statuses below 500 that speak of the moment, not of the address (RFC 9110, RFC 8470, RFC 6585). */
const PASSING = new Set([202, 408, 425, 429]);
/** Statuses from 500 up that will not change by waiting: not implemented, HTTP version, network login (RFC 6585). */
const LASTING = new Set([501, 505, 511]);
/** 203 is a 200 that a proxy has changed on the way. */
const WHOLE = new Set([200, 203]);
/** Rest for a host that answers 429 without saying how long. */
const DEFAULT_PAUSE_MS = 2_000;

/** Where the answer sends us, as written there; null if it is no redirect. */
export const redirectOf = ({ statusCode, headers }: AnswerHead): string | null =>
  REDIRECTS.has(statusCode) ? (first(headers.location) ?? null) : null;

/** The failure this status is; null if a whole body follows. */
export const failureOfStatus = ({ statusCode, headers }: AnswerHead, written: string, now: number): AppError | null => {
  if (WHOLE.has(statusCode)) return null;
  const name = STATUS_CODES[statusCode];
  const answer = `The server ${written} answered ${statusCode}${name === undefined ? '' : ` ${name}`}`;
  if (statusCode === 204 || statusCode === 205) {
    return new AppError('empty_body', { detail: `${answer}: no data at all.`, retryable: false });
  }
  const retryAfterMs = parseRetryAfter(first(headers['retry-after']), now);
  return new AppError('http_status', {
    detail: statusCode === 206 ? `${answer}: a part of the file although all of it was asked for.` : `${answer}.`,
    retryable: PASSING.has(statusCode) || (statusCode >= 500 && !LASTING.has(statusCode)),
    group: String(statusCode),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
};

/** What the answer tells the host gate. A 503 without `Retry-After` is often the fault of one address, not a wish. */
export const verdictOf = ({ statusCode, headers }: AnswerHead, now: number): HostVerdict => {
  const retryAfterMs = parseRetryAfter(first(headers['retry-after']), now);
  if (statusCode === 429) return { kind: 'pause', ms: retryAfterMs ?? DEFAULT_PAUSE_MS };
  if (statusCode === 503 && retryAfterMs !== undefined) return { kind: 'pause', ms: retryAfterMs };
  return { kind: 'ok' };
};
