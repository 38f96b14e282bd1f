import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canMove, finalStatus, isFinished, movesInto, REQUEST_STATUSES } from '../../src/core/states.ts';

test('a finished request can only be processed again', () => {
  for (const from of REQUEST_STATUSES.filter(isFinished)) {
    assert.deepEqual(
      REQUEST_STATUSES.filter((to) => canMove(from, to)),
      ['PROCESSING'],
    );
  }
});

test('nothing returns to PENDING and nothing moves to itself', () => {
  assert.deepEqual(movesInto('PENDING'), []);
  for (const status of REQUEST_STATUSES) assert.equal(canMove(status, status), false);
});

test('movesInto is the inverse of canMove', () => {
  for (const to of REQUEST_STATUSES) {
    for (const from of REQUEST_STATUSES) assert.equal(movesInto(to).includes(from), canMove(from, to));
  }
});

test('the end status follows the counts', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(100), fc.boolean(), (done, failed, strict) => {
      const status = finalStatus({ done, failed, strict });
      if (done === 0) assert.equal(status, 'FAILED');
      else assert.equal(status, strict && failed > 0 ? 'FAILED' : 'COMPLETED');
    }),
  );
});
