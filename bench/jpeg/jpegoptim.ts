import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../programs.ts';
import type { Run } from './crew.ts';

/** Files for one start of the program: few enough that no core is idle at the end. */
const FILES_A_START = 8;

/** jpegoptim over copies of a folder, in place, with as many at once as there are cores: the way its users run it. */
export const runJpegoptim = async (folder: string, option: string, processes: number): Promise<Run> => {
  const copies = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  try {
    await cp(folder, copies, { recursive: true });
    const files = (await readdir(copies)).toSorted().map((name) => join(copies, name));
    const command = ['jpegoptim', '--quiet', '--strip-all', '--keep-icc', option];
    const started = performance.now();
    await runProgram(
      'xargs',
      ['-0', '-P', String(processes), '-n', String(FILES_A_START), ...command],
      Buffer.from(files.join('\0')),
    );
    const seconds = (performance.now() - started) / 1_000;
    return {
      seconds,
      results: await Promise.all(files.map(async (file) => ({ bytes: (await stat(file)).size, end: null }))),
    };
  } finally {
    await rm(copies, { recursive: true, force: true });
  }
};
