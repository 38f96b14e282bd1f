import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  DELIVERY_DELAYS_MS,
  MAX_DELIVERY_RETRY_AFTER_MS,
  nextDeliveryDelayMs,
} from '../../src/notify/retry-schedule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const kinds = fc.constantFrom('webhook' as const, 'email' as const);
const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const wishes = fc.option(fc.nat({ max: 10 * 24 * HOUR }));

/** Every delay until the schedule is exhausted. */
const walk = (kind: 'webhook' | 'email', random: () => number): number[] => {
  const delays: number[] = [];
  for (;;) {
    const delay = nextDeliveryDelayMs({ kind, tries: delays.length, retryAfterMs: null, random });
    if (delay === null) return delays;
    delays.push(delay);
  }
};
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('nextDeliveryDelayMs', () => {
  test('a webhook is tried ten times in 75 h 35 min and 5 s, as Standard Webhooks says', () => {
    const expected = [
      0,
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
    ];
    const delays = walk('webhook', () => 0.5);
    assert.deepEqual(delays, expected);
    assert.equal(sum(delays), 75 * HOUR + 35 * MINUTE + 5 * SECOND);
  });

  test('an e-mail is tried five times within 24 h, whatever the dice say', () => {
    fc.assert(
      fc.property(fc.infiniteStream(dice), (stream) => {
        const delays = walk('email', () => stream.next().value);
        assert.equal(delays.length, 5);
        assert.ok(sum(delays) < 24 * HOUR, `${sum(delays)} ms`);
      }),
    );
  });

  test('the first try comes at once, each wait stays within 10 % of the schedule', () => {
    fc.assert(
      fc.property(kinds, fc.infiniteStream(dice), (kind, stream) => {
        const delays = walk(kind, () => stream.next().value);
        assert.equal(delays[0], 0);
        for (const [tries, delay] of delays.entries()) {
          const middle = DELIVERY_DELAYS_MS[kind][tries] ?? Number.NaN;
          assert.ok(Number.isInteger(delay));
          assert.ok(Math.abs(delay - middle) <= middle * 0.1, `${delay} for try ${tries + 1}`);
        }
      }),
    );
  });

  test('a longer Retry-After wins, up to 24 h; a shorter one changes nothing; none brings a try back', () => {
    fc.assert(
      fc.property(kinds, fc.nat({ max: 20 }), dice, wishes, (kind, tries, roll, retryAfterMs) => {
        const random = (): number => roll;
        const without = nextDeliveryDelayMs({ kind, tries, retryAfterMs: null, random });
        const delay = nextDeliveryDelayMs({ kind, tries, retryAfterMs, random });
        if (without === null) assert.equal(delay, null);
        else assert.equal(delay, Math.max(without, Math.min(retryAfterMs ?? 0, MAX_DELIVERY_RETRY_AFTER_MS)));
      }),
    );
  });

  test('spreads deliveries that failed together over the whole 20 %', () => {
    const at = (roll: number) =>
      nextDeliveryDelayMs({ kind: 'webhook', tries: 1, retryAfterMs: null, random: () => roll });
    assert.deepEqual([at(0), at(0.25), at(0.75), at(1 - Number.EPSILON)], [4_500, 4_750, 5_250, 5_500]);
  });
});
