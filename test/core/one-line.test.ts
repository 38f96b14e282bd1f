import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { oneLine } from '../../src/core/one-line.ts';

test('white space, controls, text direction and lone surrogates become one space each', () => {
  assert.equal(oneLine(' a\r\n\tb\u0000\u001b[1mc\u202ed\ud800e\u2028f ', 100), 'a b [1mc d e f');
  assert.equal(oneLine('\u200b\n', 100), '');
});

test('what is too long ends in an ellipsis; letters beyond the first plane stay whole', () => {
  assert.equal(oneLine('🎈🎈🎈', 3), '🎈🎈🎈');
  assert.equal(oneLine('🎈🎈🎈🎈', 3), '🎈🎈…');
});

test('any text becomes printable, short enough, and stays as it is the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, max) => {
      const line = oneLine(text, max);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.ok([...line].length <= max);
      assert.equal(oneLine(line, max), line);
    }),
  );
});
