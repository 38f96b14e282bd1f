/** The outside processor of examples/processor, word for word, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freshFolder } from './temp-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../examples/processor/processor.js', import.meta.url));

export interface ExampleProcessor {
  /** For HALVE_PROCESSOR_URL. */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** What the addresses of its images begin with. */
  readonly publicUrl: string;
  readonly pid: number | undefined;
  /** Where it keeps them. */
  readonly folder: string;
  /** What it has written so far. */
  readonly output: () => string;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
}

export interface ProcessorOptions {
  readonly secret: string;
  /** A free one by default; the same again after a restart. */
  readonly port?: number;
  readonly folder?: string;
}

/** Starts it and waits until it listens; it is killed when the test ends. */
export const startProcessor = async (t: TestContext, options: ProcessorOptions): Promise<ExampleProcessor> => {
  const folder = options.folder ?? (await freshFolder(t));
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env.PATH ?? '',
      HALVE_WEBHOOK_SECRET: options.secret,
      PORT: String(options.port ?? 0),
      FOLDER: folder,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(kill);
  let text = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const url = /ready: (\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    void exited.then(() => reject(new Error(`the processor ended: ${text}`)));
  });
  const url = await ready;
  const { origin, host, port } = new URL(url);
  return { url, host, port: Number(port), publicUrl: origin, pid: child.pid, folder, output: () => text, kill };
};
