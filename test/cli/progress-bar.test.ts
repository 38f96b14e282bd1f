import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProgressBar } from '../../src/cli/progress-bar.ts';
import type { ProgressSnapshot } from '../../src/cli/progress-line.ts';

const at = (done: number, failed = 0): ProgressSnapshot => ({
  total: 100,
  done,
  failed,
  bytesIn: done * 2000,
  bytesOut: done * 1000,
  imagesPerSecond: null,
  etaSeconds: null,
});

const recorder = (facts: { readonly isTTY: boolean; columns?: number }) => {
  const written: string[] = [];
  return { ...facts, written, write: (text: string) => written.push(text) };
};

describe('on a terminal', () => {
  test('draws over one line, only when it changes, and ends with a line break', () => {
    const stream = recorder({ isTTY: true, columns: 40 });
    const bar = new ProgressBar(stream, { LANG: 'C', NO_COLOR: '1' });
    bar.update(at(0));
    bar.update(at(0));
    bar.update(at(50));
    bar.end();
    assert.deepEqual(stream.written, [
      `\r[${'.'.repeat(24)}]   0 %  0/100\u001b[K`,
      `\r[${'#'.repeat(11)}${'.'.repeat(12)}]  50 %  50/100\u001b[K`,
      '\n',
    ]);
  });

  test('follows a change of the width', () => {
    const stream = recorder({ isTTY: true, columns: 60 });
    const bar = new ProgressBar(stream, { LANG: 'C', NO_COLOR: '1' });
    bar.update(at(10));
    stream.columns = 20;
    bar.update(at(10));
    assert.equal(stream.written.at(-1), '\r10 %  10/100\u001b[K');
  });

  test('colours unless NO_COLOR is set, Unicode where the locale has it', () => {
    const drawn = (environment: Record<string, string>): string => {
      const stream = recorder({ isTTY: true, columns: 80 });
      new ProgressBar(stream, environment).update(at(50, 1));
      return stream.written.join('');
    };
    assert.ok(drawn({ LANG: 'en_GB.UTF-8' }).includes('\u001b[32m█'));
    assert.ok(!drawn({ LANG: 'en_GB.UTF-8', NO_COLOR: '1' }).includes('\u001b[3'));
    assert.match(drawn({ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }), /#/);
  });

  test('nothing shown, nothing to end; and nothing after the end', () => {
    const stream = recorder({ isTTY: true });
    const bar = new ProgressBar(stream, {});
    bar.end();
    bar.end();
    bar.update(at(5));
    assert.deepEqual(stream.written, []);
  });
});

describe('in a log', () => {
  test('a line at the start, for each tenth, and at the end', () => {
    const stream = recorder({ isTTY: false });
    const bar = new ProgressBar(stream, {}, () => 0);
    for (let done = 0; done <= 34; done++) bar.update(at(done));
    bar.end();
    assert.deepEqual(stream.written, [
      '0 %: 0 of 100 images\n',
      '10 %: 10 of 100 images, 10.0 kB saved\n',
      '20 %: 20 of 100 images, 20.0 kB saved\n',
      '30 %: 30 of 100 images, 30.0 kB saved\n',
      '34 %: 34 of 100 images, 34.0 kB saved\n',
    ]);
  });

  test('a line after ten seconds if there is news, none if there is not', () => {
    let time = 0;
    const stream = recorder({ isTTY: false });
    const bar = new ProgressBar(stream, {}, () => time);
    for (const [milliseconds, done] of [
      [0, 1],
      [9_999, 2],
      [10_000, 3],
      [20_000, 3],
      [25_000, 4],
      [30_000, 4],
    ] as const) {
      time = milliseconds;
      bar.update(at(done));
    }
    assert.deepEqual(
      stream.written.map((line) => line.split(' images')[0]),
      ['1 %: 1 of 100', '3 %: 3 of 100', '4 %: 4 of 100'],
    );
  });

  test('the last state once only, also when it came as a tenth', () => {
    const stream = recorder({ isTTY: false });
    const bar = new ProgressBar(stream, {}, () => 0);
    bar.update(at(98, 2));
    bar.end();
    assert.deepEqual(stream.written, ['100 %: 100 of 100 images, 2 failed, 98.0 kB saved\n']);
  });

  test('a dumb terminal counts as a log', () => {
    const stream = recorder({ isTTY: true, columns: 80 });
    const bar = new ProgressBar(stream, { TERM: 'dumb' }, () => 0);
    bar.update(at(10));
    assert.deepEqual(stream.written, ['10 %: 10 of 100 images, 10.0 kB saved\n']);
  });
});
