import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus', 'hostile');
const MANIFEST = join(FOLDER, 'manifest.tsv');
const LIMIT_MB = 600;
const LIMIT_MS = 15_000;

/** What the child says of one file. */
interface Verdict {
  readonly file: string;
  /** An error code, `ok`, or `foreign: …` for anything that is no `AppError`. */
  readonly result: string;
  readonly ms: number;
  readonly peakMb: number;
}

describe('hostile files', () => {
  test('each is refused with a code or compressed; none crashes, hangs or takes too much memory', {
    skip: existsSync(MANIFEST) ? false : 'the corpus of hostile files is not on this machine',
    timeout: 300_000,
  }, async (t) => {
    const [head = '', ...lines] = readFileSync(MANIFEST, 'utf8').trim().split('\n');
    const columns = head.split('\t');
    const cell = (line: string, name: string) => line.split('\t')[columns.indexOf(name)] ?? '';
    const isRefused = (line: string, name: string) => cell(line, name).startsWith('reject');
    const verdicts: Verdict[] = [];
    const child = fork(join(import.meta.dirname, 'compress-files.ts'), [], {
      env: { ...process.env, MALLOC_MMAP_THRESHOLD_: '1048576', VIPS_BLOCK_UNTRUSTED: '1' },
    });
    t.after(() => child.kill('SIGKILL'));
    const died = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
    for (const line of lines) {
      const file = cell(line, 'file');
      const answer = new Promise<Omit<Verdict, 'file'>>((resolve) => child.once('message', resolve));
      child.send(join(FOLDER, file));
      const verdict = await Promise.race([answer, died]);
      assert.ok(verdict !== undefined, `the process died of ${file}`);
      verdicts.push({ file, ...verdict });
      const mustRefuse = isRefused(line, 'hardened_failOn_warning') && isRefused(line, 'hardened_failOn_error');
      assert.ok(!verdict.result.startsWith('foreign'), `${file}: ${verdict.result}`);
      if (mustRefuse) assert.notEqual(verdict.result, 'ok', `${file} has to be refused`);
      assert.ok(verdict.ms < LIMIT_MS, `${file} took ${verdict.ms} ms`);
      assert.ok(verdict.peakMb < LIMIT_MB, `${file} took the process to ${verdict.peakMb} MB`);
    }
    assert.ok(verdicts.length > 100 && verdicts.some(({ result }) => result === 'ok'));
    const slowest = Math.max(...verdicts.map(({ ms }) => ms));
    t.diagnostic(`${verdicts.length} files, slowest ${slowest} ms, peak ${verdicts.at(-1)?.peakMb} MB`);
  });
});
