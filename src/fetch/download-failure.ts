/** Turns whatever a download dies of into an AppError with a sentence about the server and the file. */
import { AppError, type ImageErrorCode } from '../core/errors.ts';
import type { CheckedUrl } from './check-url.ts';
import { connectionFailure } from './connection-failure.ts';

/**
 * @param answered Whether the head of an answer had arrived.
 * @param thrown An AppError with a sentence stays as it is; one without gets the sentence of its code.
 */
export const downloadFailure = (thrown: unknown, target: CheckedUrl, answered: boolean): AppError =>
  connectionFailure(thrown, target, (code) => sentence(code, target.written, answered));

/** The failure of a redirect to a place that was refused. It does not repeat the place: the user never wrote it. */
export const redirectFailure = (thrown: unknown, from: CheckedUrl): AppError => {
  const code = thrown instanceof AppError && thrown.code === 'address_not_allowed' ? thrown.code : 'invalid_url';
  const where =
    code === 'invalid_url' ? 'something that is not a usable address' : 'an address that may not be fetched';
  return new AppError(code, { detail: `The server ${from.written} redirects to ${where}.`, cause: thrown });
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
