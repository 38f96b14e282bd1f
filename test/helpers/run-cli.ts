import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/halve.mjs', import.meta.url));

export interface CliRun {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when stderr matches. @throws if the command ends without it */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** The same for stdout. */
  readonly prints: (pattern: RegExp) => Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

export interface CliSurroundings {
  readonly cwd?: string;
  /** What it reads from stdin; nothing by default. */
  readonly stdin?: string | Uint8Array;
}

/** Starts the real command, as a user would; the environment has nothing but what is given. */
export const startCli = (
  t: { after(clean: () => void): void },
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  { cwd, stdin }: CliSurroundings = {},
): CliRun => {
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    ...environment,
  };
  const child = spawn(process.execPath, [CLI, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  // A command that does not read it to its end breaks the pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]): number | null => code);
  const waitFor =
    (stream: 'stdout' | 'stderr') =>
    (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(texts[stream])) resolve();
        };
        look();
        child[stream].on('data', look);
        child.once('close', () => reject(new Error(`it ended without ${pattern} on ${stream}: ${texts.stderr}`)));
      });
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    says: waitFor('stderr'),
    prints: waitFor('stdout'),
    ended,
  };
};

/** Runs the command to its end. */
export const runCli = async (...call: Parameters<typeof startCli>) => {
  const run = startCli(...call);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
};
