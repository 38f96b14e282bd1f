import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRetryAfter } from '../../src/fetch/retry-after.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

test('reads seconds and the three date forms of RFC 9110', () => {
  assert.equal(parseRetryAfter('0', NOW), 0);
  assert.equal(parseRetryAfter(' 120 ', NOW), 120_000);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:05:05 GMT', NOW), 60_000);
  assert.equal(parseRetryAfter('Friday, 02-Jan-26 03:05:05 GMT', NOW), 60_000);
  assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:00 GMT', NOW), 0);
});

test('anything else is no wish at all', () => {
  for (const text of [undefined, '', '-5', '1.5', '12s', 'soon', '2026-01-02', '9999999999', 'Fri, nonsense']) {
    assert.equal(parseRetryAfter(text, NOW), undefined, String(text));
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = parseRetryAfter(text, NOW);
      assert.ok(ms === undefined || ms >= 0);
    }),
  );
});

test('every date comes back as the time until then', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000_000 }), (seconds) => {
      const date = new Date(NOW + seconds * 1000).toUTCString();
      assert.equal(parseRetryAfter(date, NOW), seconds * 1000);
    }),
  );
});
