import type { TestContext } from 'node:test';
import { type CliRun, startCli } from './run-cli.ts';

/** The real service, started as a user starts it. */
export interface Served {
  /** Without a slash at the end. */
  readonly url: string;
  readonly run: CliRun;
  /** As `kill -9` does it. */
  readonly kill: () => Promise<void>;
}

/** Starts `halve serve` on a free port with the given settings; killed after the test. */
export const serve = async (t: TestContext, settings: Readonly<Record<string, string>>): Promise<Served> => {
  const run = startCli(t, ['serve'], { PORT: '0', HALVE_WORKERS: '1', LOG_LEVEL: 'error', ...settings });
  await run.says(/Halve is ready/);
  const url = /Halve is ready: (\S+)/.exec(run.stderr())?.[1] ?? '';
  return {
    url,
    run,
    kill: async () => {
      run.child.kill('SIGKILL');
      await run.ended;
    },
  };
};
