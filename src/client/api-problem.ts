import { AppError, ERRORS, type ErrorCode } from '../core/errors.ts';
import type { components } from './api-types.ts';

export type Problem = components['schemas']['Problem'];

/**
 * A server refused: its problem document (RFC 9457) as an error. `code` is the server's own, `internal_error` where this
 * version does not know it; `problem.code` is always what was said.
 */
export class ApiProblem extends AppError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    const { errors, total_errors, checks, missing, found } = problem;
    super(isErrorCode(problem.code) ? problem.code : 'internal_error', {
      detail: problem.detail,
      extras: { errors, total_errors, checks, missing, found },
    });
    this.problem = problem;
  }

  override get status(): number {
    return this.problem.status;
  }
}

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** The error an answer from 300 up is: a refusal of Halve, or something else that stands at this address. */
export const refusal = (response: Response, body: unknown): AppError => {
  if (isProblem(body)) return new ApiProblem(body);
  const location = response.headers.get('location');
  const what =
    location === null || response.status >= 400
      ? `answered ${response.status} ${response.statusText}`.trimEnd()
      : `sends callers on to ${location}; use that address`;
  return stranger(response, `it ${what}`);
};

/** What is said of an answer that Halve would not give. @param why such as `it sends no events` */
export const stranger = (response: Response, why: string): AppError =>
  new AppError('server_unreachable', { detail: `What is at ${origin(response)} is not Halve: ${why}.` });

/** Enough of a problem document to be taken for one. */
const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' &&
  body !== null &&
  'code' in body &&
  typeof body.code === 'string' &&
  'detail' in body &&
  typeof body.detail === 'string';

const origin = ({ url }: Response): string => (URL.canParse(url) ? new URL(url).origin : 'this address');
