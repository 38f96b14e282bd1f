/** Turns whatever a POST dies of into an AppError with a sentence about the receiver. */
import { errors } from 'undici';
import { AppError, type ImageErrorCode, systemCode } from '../core/errors.ts';
import type { CheckedUrl } from './check-url.ts';
import { connectionFailure } from './connection-failure.ts';

/** @param totalTimeoutMs How long the receiver was given. */
export const postFailure = (thrown: unknown, target: CheckedUrl, totalTimeoutMs: number): AppError =>
  connectionFailure(thrown, target, (code) => sentence(code, thrown, target.written, totalTimeoutMs));

const sentence = (code: ImageErrorCode, thrown: unknown, receiver: string, totalTimeoutMs: number): string => {
  switch (code) {
    case 'host_not_found':
      return `The name of the receiver ${receiver} could not be found.`;
    case 'timed_out':
      return hasDeadline(thrown)
        ? `The receiver ${receiver} did not answer within ${totalTimeoutMs / 1000} s.`
        : `No connection to the receiver ${receiver} was made in time.`;
    case 'tls_failed':
      return `No secure connection to the receiver ${receiver} could be made: its certificate or its TLS settings are not valid.`;
    case 'cancelled':
      return `The message to ${receiver} was not sent to the end, because Halve was told to stop.`;
    default:
      return unconnected(thrown, receiver);
  }
};

/** Our own deadline; the other timeouts are those of the connection. */
const hasDeadline = (thrown: unknown): boolean => thrown instanceof AppError;

const unconnected = (thrown: unknown, receiver: string): string => {
  const code = systemCode(thrown) ?? '';
  if (code === 'ECONNREFUSED') return `Nobody listens at the receiver ${receiver}.`;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return `The receiver ${receiver} answered with too many headers.`;
  if (thrown instanceof errors.HTTPParserError) return `The receiver ${receiver} answered something that is not HTTP.`;
  return `The receiver ${receiver} could not be reached or closed the connection without an answer.`;
};
