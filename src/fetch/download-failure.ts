/** Turns whatever a download dies of (undici, sockets, TLS, DNS, the HTTP parser) into an AppError with a sentence. */
import { AppError, type ImageErrorCode, isImageErrorCode, systemCode } from '../core/errors.ts';
import { type CheckedUrl, notAllowed } from './check-url.ts';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** OpenSSL's verification failures and Node's own, all about the certificate and none a matter of time. */
const CERTIFICATE =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|ERR_TLS_CERT_)/;
/** A failed handshake: no common version or cipher, or no TLS at the other end at all. */
const HANDSHAKE = /^(?:ERR_SSL_|EPROTO$)/;

/**
 * @param answered Whether the head of an answer had arrived.
 * @param thrown An AppError with a sentence stays as it is; one without gets the sentence of its code.
 */
export const downloadFailure = (thrown: unknown, target: CheckedUrl, answered: boolean): AppError => {
  if (thrown instanceof AppError && thrown.detail !== undefined) return thrown;
  const code = thrown instanceof AppError && isImageErrorCode(thrown.code) ? thrown.code : codeOf(thrown);
  if (code === 'address_not_allowed') return notAllowed(target.written, target.port);
  const retryable = thrown instanceof AppError ? { retryable: thrown.retryable } : {};
  return new AppError(code, { detail: sentence(code, target.written, answered), ...retryable, cause: thrown });
};

/** The failure of a redirect to a place that was refused. It does not repeat the place: the user never wrote it. */
export const redirectFailure = (thrown: unknown, from: CheckedUrl): AppError => {
  const code = thrown instanceof AppError && thrown.code === 'address_not_allowed' ? thrown.code : 'invalid_url';
  const where =
    code === 'invalid_url' ? 'something that is not a usable address' : 'an address that may not be fetched';
  return new AppError(code, { detail: `The server ${from.written} redirects to ${where}.`, cause: thrown });
};

const codeOf = (thrown: unknown): ImageErrorCode => {
  const code = systemCode(thrown) ?? '';
  if (TIMEOUTS.has(code)) return 'timed_out';
  if (CERTIFICATE.test(code) || HANDSHAKE.test(code)) return 'tls_failed';
  return 'connection_failed';
};

const sentence = (code: ImageErrorCode, server: string, answered: boolean): string => {
  switch (code) {
    case 'host_not_found':
      return `The server name ${server} could not be found.`;
    case 'timed_out':
      return answered
        ? `The server ${server} did not send the whole file in time.`
        : `The server ${server} did not answer in time.`;
    case 'tls_failed':
      return `No secure connection to ${server} could be made: its certificate or its TLS settings are not valid.`;
    case 'cancelled':
      return `The download from ${server} was cancelled.`;
    default:
      return answered
        ? `The server ${server} broke off in the middle of the file.`
        : `The server ${server} could not be reached or closed the connection without an answer.`;
  }
};
