/** A store whose S3 can be made to misbehave, and the words to say how. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { S3Store } from '../../src/store/s3-store.ts';
import { type S3Fault, startS3Front } from './s3-faults.ts';
import { startS3Server } from './s3-server.ts';

/** Generous: only what is about time is allowed to depend on it. */
export const PATIENT = { connectMs: 5_000, requestMs: 10_000, silenceMs: 10_000 };
export const IMPATIENT = { connectMs: 5_000, requestMs: 300, silenceMs: 500 };

export const openFront = async (t: TestContext, limits = PATIENT) => {
  const server = await startS3Server(t);
  const front = await startS3Front(t, server.url);
  return { server, front, store: new S3Store(front.location, limits) };
};

export const always = (fault: S3Fault) => (): S3Fault => fault;
export const first = (times: number, fault: S3Fault) => (_: unknown, n: number) => (n <= times ? fault : null);
/** Without a code the answer is a page of some proxy. */
export const error = (status: number, code?: string, headers: Record<string, string> = {}): S3Fault => ({
  kind: 'error',
  status,
  headers,
  ...(code === undefined ? {} : { code }),
});

/** A check for `assert.rejects`: `storage_failed` in that group, in words for users. */
export const failure = (group: string | undefined, detail: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof AppError, String(thrown));
  assert.deepEqual([thrown.code, thrown.retryable, thrown.group], ['storage_failed', true, group], thrown.message);
  assert.match(thrown.message, detail);
  assert.match(thrown.message, /\.$/);
  assert.doesNotMatch(thrown.message, /127\.0\.0\.1|S3RVER/, 'no address and no key in a sentence for users');
  return true;
};
