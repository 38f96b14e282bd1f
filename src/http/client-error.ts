import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError, systemCode } from '../core/errors.ts';
import { toProblem } from './problem.ts';

/** What Node's parser says of calls that never become one; everything else is malformed. */
const errorOf = (thrown: unknown): AppError => {
  switch (systemCode(thrown)) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('headers_too_large', { cause: thrown });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('too_slow', { cause: thrown });
    default:
      return new AppError('malformed_request', { cause: thrown });
  }
};

/**
 * Answers bytes that are no HTTP (or came too slowly), and ends the connection. An answer is only written while nothing
 * else was: it must never land in the middle of another one.
 */
export const answerClientError = (thrown: unknown, socket: Socket): void => {
  if (socket.destroyed || !socket.writable || socket.bytesWritten > 0 || systemCode(thrown) === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const error = errorOf(thrown);
  const body = JSON.stringify(toProblem(error, '/'));
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'X-Content-Type-Options: nosniff',
      'Cache-Control: no-store',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroySoon(),
  );
};
