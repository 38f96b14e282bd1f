import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { type ProgressSnapshot, plainProgress, progressLine } from '../../src/cli/progress-line.ts';

const ascii = { live: true, colour: false, unicode: false };
const unicode = { live: true, colour: false, unicode: true };
const coloured = { live: true, colour: true, unicode: true };

const middle: ProgressSnapshot = {
  total: 100,
  done: 59,
  failed: 3,
  bytesIn: 31_200_000,
  bytesOut: 14_900_000,
  imagesPerSecond: 12.44,
  etaSeconds: 31,
};
const start: ProgressSnapshot = {
  total: 1200,
  done: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  imagesPerSecond: null,
  etaSeconds: null,
};

describe('progressLine', () => {
  const cases: readonly (readonly [string, ProgressSnapshot, number, typeof ascii, string])[] = [
    [
      'plenty of room',
      middle,
      120,
      unicode,
      `${'█'.repeat(23)}▒${'░'.repeat(16)}  62 %  62/100  3 failed  about 30 s left  12.4 images/s  16.3 MB saved`,
    ],
    [
      'ASCII only',
      middle,
      120,
      ascii,
      `[${'#'.repeat(23)}x${'.'.repeat(16)}]  62 %  62/100  3 failed  about 30 s left  12.4 images/s  16.3 MB saved`,
    ],
    [
      '80 columns',
      middle,
      80,
      ascii,
      '[############x........]  62 %  62/100  3 failed  about 30 s left  12.4 images/s',
    ],
    ['40 columns', middle, 40, ascii, '[#######x.....]  62 %  62/100  3 failed'],
    ['no room for a bar', middle, 28, ascii, '62 %  62/100  3 failed'],
    ['no room for anything', middle, 10, ascii, '62 %  62/'],
    ['nothing known yet', start, 60, ascii, `[${'.'.repeat(40)}]   0 %  0/1,200`],
    ['finished', { ...middle, done: 97 }, 60, ascii, '[################x] 100 %  100/100  3 failed  12.4 images/s'],
    [
      'a note',
      { ...start, note: 'waiting for cdn.example' },
      70,
      ascii,
      `[${'.'.repeat(27)}]   0 %  0/1,200  waiting for cdn.example`,
    ],
  ];
  for (const [name, snapshot, columns, style, line] of cases) {
    test(name, () => assert.equal(progressLine(snapshot, columns, style), line));
  }

  test('colours change nothing but colours', () => {
    const line = progressLine(middle, 120, coloured);
    assert.ok(line.includes('\u001b[31m▒'));
    assert.equal(stripVTControlCharacters(line), progressLine(middle, 120, unicode));
  });

  const snapshots = fc
    .record({
      done: fc.nat({ max: 2_000_000 }),
      failed: fc.nat({ max: 1000 }),
      open: fc.nat({ max: 2_000_000 }),
      bytesIn: fc.nat(),
      bytesOut: fc.nat(),
      imagesPerSecond: fc.option(fc.double({ min: 0, max: 5000, noNaN: true })),
      etaSeconds: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
      note: fc.string({ unit: 'binary' }),
    })
    .map(({ open, ...rest }): ProgressSnapshot => ({ ...rest, total: rest.done + rest.failed + open }));

  test('never as wide as the terminal, never more than a line, full only at the end', () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 1, max: 250 }), fc.boolean(), (snapshot, columns, hasUnicode) => {
        const line = stripVTControlCharacters(progressLine(snapshot, columns, { ...coloured, unicode: hasUnicode }));
        assert.ok([...line].length < Math.max(2, columns), `${[...line].length} of ${columns}: ${line}`);
        assert.doesNotMatch(line, /[\r\n]/);
        const bar = /^\[?([█▒#x]+)([░.]*)/.exec(line);
        const settled = snapshot.done + snapshot.failed === snapshot.total;
        if (bar !== null) assert.equal(bar[2] === '', settled);
        if (bar !== null && settled) assert.equal(/[▒x]/.test(bar[1] ?? ''), snapshot.failed > 0);
      }),
    );
  });
});

describe('plainProgress', () => {
  test('says all of it in one sentence', () => {
    assert.equal(
      plainProgress(middle),
      '62 %: 62 of 100 images, 3 failed, about 30 s left, 12.4 images/s, 16.3 MB saved',
    );
  });

  test('leaves out what is not known', () => assert.equal(plainProgress(start), '0 %: 0 of 1,200 images'));

  test('a note from outside cannot move the cursor', () => {
    assert.equal(plainProgress({ ...start, note: 'host\u001b[2J\nx' }), '0 %: 0 of 1,200 images, host[2J x');
  });
});
