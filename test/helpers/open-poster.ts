/** A poster for tests: may reach what is listed, and is closed when the test ends. */
import assert from 'node:assert/strict';
import { AppError } from '../../src/core/errors.ts';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { type PostAnswer, type PostCall, Poster, type PosterOptions } from '../../src/fetch/poster.ts';

export interface TestPosterOptions extends Pick<PosterOptions, 'limits' | 'resolve' | 'now'> {
  /** As in HALVE_ALLOW_HOSTS. */
  readonly allow: string;
}

export interface TestPoster {
  readonly poster: Poster;
  /** Posts `{}` unless told otherwise. */
  post(url: string, call?: Partial<PostCall>): Promise<PostAnswer>;
  /** The failure of a call that must fail. */
  fail(url: string, call?: Partial<PostCall>): Promise<AppError>;
}

export const TEST_USER_AGENT = 'Halve/test (+https://example.com/halve)';
const NEVER = new AbortController().signal;

export const openPoster = (
  t: { after(clean: () => Promise<void>): void },
  { allow, ...options }: TestPosterOptions,
): TestPoster => {
  const poster = new Poster({ allow: parseAllowList(allow), userAgent: TEST_USER_AGENT, ...options });
  t.after(() => poster.close());
  const post = (url: string, call: Partial<PostCall> = {}): Promise<PostAnswer> =>
    poster.post(url, { headers: {}, body: '{}', signal: NEVER, ...call });
  return {
    poster,
    post,
    fail: async (url, call) => {
      const outcome = await post(url, call).catch((error: unknown) => error);
      assert.ok(outcome instanceof AppError, `expected an AppError for ${url}, got ${JSON.stringify(outcome)}`);
      return outcome;
    },
  };
};
