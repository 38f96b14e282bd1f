import { AppError, ERRORS, type ErrorCode } from '../core/errors.ts';
import type { App } from './app-types.ts';
import { EXPLAIN_PROBLEM } from './operation-docs.ts';
import { ErrorExplanation } from './problem-schema.ts';
import { refTo } from './schema-parts.ts';
import { ProblemParams } from './schemas.ts';

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** `GET /problems/{code}`: what the `type` of a problem document points at. */
export const problemRoutes = (app: App): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/problems/:code',
    config: { open: true, docs: EXPLAIN_PROBLEM },
    schema: { params: ProblemParams, response: { 200: refTo(ErrorExplanation) } },
    handler: async ({ params: { code } }, reply) => {
      if (!isErrorCode(code)) throw new AppError('not_found');
      const { status, message, advice, retryable } = ERRORS[code];
      reply.header('cache-control', 'public, max-age=3600');
      return { code, status, title: message, advice, retryable };
    },
  });
};
