import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatElapsed,
  formatPercent,
  formatRate,
  formatTimeLeft,
  printable,
} from '../../src/core/format.ts';

/** A table of cases as one test each. */
const table = <T>(name: string, format: (value: T) => string, cases: readonly (readonly [T, string])[]): void => {
  describe(name, () => {
    for (const [value, text] of cases)
      test(`${JSON.stringify(value)} → ${text}`, () => assert.equal(format(value), text));
  });
};

table('formatBytes', formatBytes, [
  [0, '0 B'],
  [-5, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1500, '1.5 kB'],
  [99_940, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_950, '1.0 MB'],
  [31_200_000, '31.2 MB'],
  [128_400_000, '128 MB'],
  [10_800_000_000, '10.8 GB'],
  [2.5e12, '2.5 TB'],
  [3e18, '3000 PB'],
]);

table('formatCount', formatCount, [
  [0, '0'],
  [999, '999'],
  [27_310, '27,310'],
  [1_000_000, '1,000,000'],
]);

table('formatCounted', (count: number) => formatCounted(count, 'image'), [
  [0, '0 images'],
  [1, '1 image'],
  [1000, '1,000 images'],
]);

table('formatPercent', formatPercent, [
  [0, '0 %'],
  [-0.2, '0 %'],
  [Number.NaN, '0 %'],
  [0.0001, '1 %'],
  [0.5, '50 %'],
  [0.524, '52 %'],
  [0.9999, '99 %'],
  [1, '100 %'],
]);

table('formatTimeLeft', formatTimeLeft, [
  [0, 'a few seconds'],
  [9.9, 'a few seconds'],
  [10, 'about 10 s'],
  [23, 'about 25 s'],
  [57.4, 'about 55 s'],
  [57.5, 'about 1 min'],
  [119, 'about 2 min'],
  [5_300, 'about 88 min'],
  [5_400, 'about 1 h 30 min'],
  [7_200, 'about 2 h'],
  [12_000, 'about 3 h 20 min'],
  [172_000, 'about 47 h 50 min'],
  [172_800, 'about 2 days'],
  [400_000, 'about 5 days'],
]);

table('formatElapsed', formatElapsed, [
  [-1, '0.0 s'],
  [0.84, '0.8 s'],
  [9.94, '9.9 s'],
  [9.95, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [185, '3 min 5 s'],
  [3600, '1 h'],
  [7_800, '2 h 10 min'],
]);

table('formatRate', formatRate, [
  [0, '0.0'],
  [12.44, '12.4'],
  [99.96, '100'],
  [1234, '1,234'],
]);

table('printable', (text: string) => printable(text, 20), [
  ['Mug ‘Crème’', 'Mug ‘Crème’'],
  ['two\nlines\r\n\tand a tab', 'two lines and a tab'],
  ['\u001b[31mred\u001b[0m\u0007', '[31mred[0m'],
  ['left\u202Eright', 'leftright'],
  ['12345678901234567890', '12345678901234567890'],
  ['123456789012345678901', '12345678901234567...'],
]);

describe('any input', () => {
  test('bytes keep their order when printed with their unit', () => {
    const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
    const back = (text: string): number => {
      const [number = '', unit = ''] = text.split(' ');
      return Number(number) * 1000 ** units.indexOf(unit);
    };
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 50 }), fc.nat({ max: 2 ** 50 }), (a, b) => {
        if (a <= b) assert.ok(back(formatBytes(a)) <= back(formatBytes(b)));
        assert.ok(Math.abs(back(formatBytes(a)) - a) <= a * 0.051);
      }),
    );
  });

  test('printable text has no control characters and keeps to its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, length) => {
        const clean = printable(text, length);
        assert.doesNotMatch(clean, /\p{C}/u);
        assert.ok([...clean].length <= length);
      }),
    );
  });
});
