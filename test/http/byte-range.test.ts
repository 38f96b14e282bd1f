import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseByteRange } from '../../src/http/byte-range.ts';

describe('byte ranges of a file of 10 bytes', () => {
  const cases: [header: string | undefined, expected: ReturnType<typeof parseByteRange>][] = [
    [undefined, null],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-4', { start: 2, end: 4 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=0-99', { start: 0, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes= 1 - 2', { start: 1, end: 2 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=10-12', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['items=0-1', null],
    ['bytes=a-b', null],
    ['bytes=99999999999999999999-', null],
  ];
  for (const [header, expected] of cases) {
    test(String(header), () => assert.deepEqual(parseByteRange(header, 10), expected));
  }
});

test('a range always lies inside the file', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat({ max: 50 }), (noise, a, b, size) => {
      for (const header of [noise, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`, `bytes=${noise}`]) {
        const range = parseByteRange(header, size);
        if (range === null || range === 'unsatisfiable') continue;
        assert.ok(0 <= range.start && range.start <= range.end && range.end < size);
      }
    }),
  );
});
