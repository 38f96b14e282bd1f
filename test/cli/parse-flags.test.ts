import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyOperand, parseFlags, requestIdOperand } from '../../src/cli/parse-flags.ts';
import { AppError } from '../../src/core/errors.ts';

const FLAGS = {
  watch: { type: 'boolean', short: 'w' },
  quality: { type: 'string' },
  'max-width': { type: 'string' },
} as const;
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

const wrongUse = (detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError && error.code === 'invalid_option', String(error));
  assert.match(error.message, detail);
  assert.match(error.message, /\nSee: halve status --help$/);
  return true;
};

test('flags with and without values, in any order', () => {
  const { values, positionals } = parseFlags('status', ['-w', 'a', '--quality=5', '--max-width', '7', '-'], FLAGS);
  assert.deepEqual({ ...values }, { watch: true, quality: '5', 'max-width': '7' });
  assert.deepEqual(positionals, ['a', '-']);
});

test('what is wrong with a flag, and which was meant', () => {
  for (const [args, detail] of [
    [['--wach'], /no flag --wach\. Did you mean --watch\?/],
    [['--width', '5'], /no flag --width\.\n/],
    [['-x'], /no flag -x\.\n/],
    [['--quality'], /--quality needs a value/],
    [['--quality', '--watch'], /--quality needs a value/],
    [['--watch=yes'], /--watch takes no value/],
    [['--toString'], /no flag --toString/],
  ] as const) {
    assert.throws(() => parseFlags('status', args, FLAGS), wrongUse(detail), args.join(' '));
  }
});

test('a request id, however it was copied', () => {
  assert.equal(requestIdOperand('status', [ID.toUpperCase()]), ID);
  const isFault = (positionals: readonly string[], detail: RegExp) =>
    assert.throws(() => requestIdOperand('status', positionals), wrongUse(detail));
  isFault([], /The request id is missing/);
  isFault([ID, 'b'], /Only one request id/);
  isFault(['17'], /"17" is not a request id\. One looks like/);
  isFault([`http://127.0.0.1:3000/status/${ID}`], new RegExp(`Did you mean ${ID}\\?`));
  assert.equal(onlyOperand('submit', 'CSV file', ['a.csv']), 'a.csv');
});
