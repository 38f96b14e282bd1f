import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { DEFAULT_OPTIONS, OPTION_NAMES, parseOptions } from '../../src/core/options.ts';

const faultsOf = (texts: Record<string, string>): string[] => {
  try {
    parseOptions(texts);
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'invalid_option');
    const faults: unknown = error.extras?.errors;
    assert.ok(Array.isArray(faults));
    return faults.map((fault) => fault.option);
  }
  return [];
};

test('nothing asked means the defaults', () => {
  assert.deepEqual(parseOptions({}), DEFAULT_OPTIONS);
  assert.deepEqual(parseOptions(Object.fromEntries(OPTION_NAMES.map((name) => [name, ' ']))), DEFAULT_OPTIONS);
});

test('a share can be written in three ways', () => {
  for (const text of ['50%', '50', '0.5', ' 50 % ']) assert.equal(parseOptions({ target: text }).target, 0.5, text);
  assert.equal(parseOptions({ target: '100%' }).target, 1);
});

test('every fault is reported at once', () => {
  const texts = {
    target: '0',
    format: 'bmp',
    max_width: '-1',
    start: 'later',
    strict: 'maybe',
    email: 'a@b.c\r\nBcc: x@y.z',
    webhook_url: 'ftp://x',
    colour: 'red',
  };
  assert.deepEqual(faultsOf(texts).toSorted(), Object.keys(texts).toSorted());
});

test('quality and target exclude each other', () => {
  assert.deepEqual(faultsOf({ quality: '50', target: '50%' }), ['quality']);
});

test('an address that could smuggle a header or a second recipient is refused', () => {
  for (const email of ['a@b.c, d@e.f', '"x"@y.z', 'a@b.c\nX: y', 'a b@c.d', 'a@', '@b.c', `${'a'.repeat(65)}@b.c`]) {
    assert.deepEqual(faultsOf({ email }), ['email'], email);
  }
  assert.equal(parseOptions({ email: 'shop.team+halve@example.co.uk' }).email, 'shop.team+halve@example.co.uk');
});

test('any text gives options or a fault, never another error', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...OPTION_NAMES), fc.string()), (texts) => {
      try {
        const options = parseOptions(texts);
        assert.ok(options.target >= 0.01 && options.target <= 1);
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'invalid_option');
      }
    }),
  );
});
