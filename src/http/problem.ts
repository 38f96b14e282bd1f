import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, ERRORS } from '../core/errors.ts';

/** Answers that may be better in a moment say when to ask again, in seconds. */
const RETRY_AFTER_S = 5;

/** A problem document (RFC 9457). `code` is what programs look at, `detail` and `advice` are for people. */
export type Problem = Readonly<Record<string, unknown>>;

/** The problem document of an error; nothing of its cause goes in. */
export const toProblem = (error: AppError, instance: string): Problem => {
  const { message, advice } = ERRORS[error.code];
  return {
    ...error.extras,
    type: `/problems/${error.code}`,
    title: message,
    status: error.status,
    detail: error.message,
    instance,
    code: error.code,
    advice,
  };
};

const retryAfterS = ({ status, retryAfterMs }: AppError): number | null => {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs / 1_000);
  return status === 503 ? RETRY_AFTER_S : null;
};

/** A path as it was asked for, with everything escaped that may not stand in one (RFC 3986, 3.3). */
const uriReference = (path: string): string =>
  path.replace(/%(?![0-9a-f]{2})|[^\w%/.~!$&'()*+,;=:@-]/gi, (letter) => encodeURIComponent(letter));

/** Answers a call with a problem document. */
export const sendProblem = (error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  // The path alone: a query may hold what is not for logs and screenshots.
  const instance = uriReference(request.url.replace(/[?#].*$/s, ''));
  const wait = retryAfterS(error);
  if (wait !== null) reply.header('retry-after', String(wait));
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="halve"');
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblem(error, instance)));
};
