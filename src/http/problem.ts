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

/** Answers a call with a problem document. */
export const sendProblem = (error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  // The path alone: a query may hold what is not for logs and screenshots.
  const instance = request.url.replace(/[?#].*$/s, '');
  if (error.status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="halve"');
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblem(error, instance)));
};
