/** What undici, sockets, TLS, DNS and the HTTP parser throw, as one AppError; the sentences are the caller's. */
import { AppError, type ImageErrorCode, isImageErrorCode, systemCode } from '../core/errors.ts';
import { type CheckedUrl, notAllowed } from './check-url.ts';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** OpenSSL's verification failures and Node's own, all about the certificate and none a matter of time. */
const CERTIFICATE =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|ERR_TLS_CERT_)/;
/** A failed handshake: no common version or cipher, or no TLS at the other end at all. */
const HANDSHAKE = /^(?:ERR_SSL_|EPROTO$)/;

/**
 * @param thrown An AppError with a sentence stays as it is; one without gets the sentence of its code.
 * @param sentence What happened, for every code but `address_not_allowed`, whose sentence is always the same.
 */
export const connectionFailure = (
  thrown: unknown,
  target: CheckedUrl,
  sentence: (code: ImageErrorCode) => string,
): AppError => {
  if (thrown instanceof AppError && thrown.detail !== undefined) return thrown;
  const code = thrown instanceof AppError && isImageErrorCode(thrown.code) ? thrown.code : codeOf(thrown);
  if (code === 'address_not_allowed') return notAllowed(target.written, target.port);
  const retryable = thrown instanceof AppError ? { retryable: thrown.retryable } : {};
  return new AppError(code, { detail: sentence(code), ...retryable, cause: thrown });
};

const codeOf = (thrown: unknown): ImageErrorCode => {
  const code = systemCode(thrown) ?? '';
  if (TIMEOUTS.has(code)) return 'timed_out';
  if (CERTIFICATE.test(code) || HANDSHAKE.test(code)) return 'tls_failed';
  return 'connection_failed';
};
