import assert from 'node:assert/strict';
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';

/** What no answer may ever hold: stacks, paths of this machine, SQL, names of libraries' errors. */
const LEAKS = [
  /\n\s+at /,
  /node_modules|\.[tj]s:\d/,
  /\/(?:home|root|work|tmp|usr|var|etc)\//,
  /\b(?:SELECT|INSERT|UPDATE|DELETE) .*\b(?:FROM|INTO|SET)\b|SQLITE|errcode/,
  /FST_|ERR_|\bE[A-Z]{4,}:/,
];

/** What was answered, whoever asked (`fetch`, `inject`, a bare socket). */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

export const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  contentType: response.headers.get('content-type'),
  body: await response.text(),
});

/** Fails on anything in an answer that should have stayed inside. */
export const assertNoLeak = (body: string): void => {
  for (const leak of LEAKS) assert.doesNotMatch(body, leak);
};

/** Checks that an answer is a problem document as promised, and answers it. */
export const assertProblem = (answer: Answer, code?: ErrorCode): Record<string, unknown> => {
  assert.equal(answer.contentType, 'application/problem+json; charset=utf-8', answer.body);
  assertNoLeak(answer.body);
  const problem: Record<string, unknown> = JSON.parse(answer.body);
  if (code !== undefined) assert.equal(problem.code, code, answer.body);
  const entry = ERRORS[problem.code as ErrorCode];
  assert.ok(entry, `unknown code ${problem.code}`);
  assert.equal(problem.status, answer.status);
  assert.equal(problem.status, entry.status);
  assert.equal(problem.title, entry.message);
  assert.equal(problem.advice, entry.advice);
  assert.equal(problem.type, `/problems/${problem.code}`);
  assert.equal(typeof problem.detail, 'string');
  assert.match(String(problem.instance), /^\//);
  return problem;
};
