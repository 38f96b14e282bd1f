import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MAX_ATTEMPTS, MAX_RETRY_AFTER_MS, nextTryDelayMs } from '../../src/core/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('nextTryDelayMs', () => {
  test('waits 0, 2, 8 and 30 s when the dice lie in the middle', () => {
    const delays = Array.from({ length: MAX_ATTEMPTS }, (_, attempt) => nextTryDelayMs({ attempt, random: () => 0.5 }));
    assert.deepEqual(delays, [0, 2_000, 8_000, 30_000]);
  });

  test('stays within 50 % of the middle and keeps to the longest wait after it', () => {
    const middle = [0, 2_000, 8_000, 30_000];
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), random, (attempt, dice) => {
        const delay = nextTryDelayMs({ attempt, random: () => dice });
        const expected = middle[Math.min(attempt, 3)] ?? 0;
        assert.ok(Number.isInteger(delay));
        assert.ok(delay >= expected * 0.5 && delay <= expected * 1.5, `${delay} for attempt ${attempt}`);
      }),
    );
  });

  test('a longer Retry-After wins, up to its limit; a shorter one changes nothing', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 }), random, fc.nat({ max: 10_000_000 }), (attempt, dice, retryAfterMs) => {
        const without = nextTryDelayMs({ attempt, random: () => dice });
        const delay = nextTryDelayMs({ attempt, retryAfterMs, random: () => dice });
        assert.equal(delay, Math.max(without, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
      }),
    );
  });

  test('spreads images that failed together', () => {
    const at = (dice: number) => nextTryDelayMs({ attempt: 1, random: () => dice });
    assert.deepEqual([at(0), at(0.25), at(0.75)], [1_000, 1_500, 2_500]);
  });
});
