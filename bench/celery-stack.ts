/** Celery workers with Pillow, from the URL to a file on disk; see bench/celery/README.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isInstalled, pythonHas } from './programs.ts';

export interface CeleryStack {
  /** Compresses every URL at quality 50 and waits until all files are there. */
  run(urls: readonly string[], options: { readonly optimize: boolean }): Promise<void>;
  close(): Promise<void>;
}

const SCRIPTS = fileURLToPath(new URL('./celery', import.meta.url));
/** How often the output is looked at; a round takes seconds. */
const LOOK_MS = 10;
/** Nothing new for so long means that a task failed. */
const PATIENCE_MS = 30_000;

/** Starts workers, as many as cores, and their broker. Null where one of the programs and packages is not installed. */
export const openCelery = async (processes: number): Promise<CeleryStack | null> => {
  if (!isInstalled('redis-server') || !(await pythonHas(['celery', 'redis', 'requests', 'PIL.Image']))) return null;
  const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  const children: ChildProcess[] = [];
  const env = { BENCH_BROKER: await startRedis(folder, children) };
  // Without the second it warns of running as root, which in a container everything does.
  const settings = { PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' };
  const inPython = { cwd: SCRIPTS, env: { ...process.env, ...settings, ...env } };
  const quiet = ['--without-gossip', '--without-mingle', '--without-heartbeat', '--loglevel', 'ERROR'];
  const worker = ['-m', 'celery', '-A', 'tasks', 'worker', '--pool', 'prefork', '--concurrency', String(processes)];
  children.push(spawn('python3', [...worker, ...quiet], { ...inPython, stdio: ['ignore', 'ignore', 'inherit'] }));
  const sender = spawn('python3', ['enqueue.py'], { ...inPython, stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(sender);
  await once(createInterface({ input: sender.stdout }), 'line');
  let runs = 0;
  return {
    run: async (urls, { optimize }) => {
      runs += 1;
      const output = join(folder, `output-${runs}`);
      await mkdir(output);
      const tasks = urls.map((url, i) => [url, join(output, `${i}.jpg`), optimize]);
      sender.stdin.write(`${JSON.stringify(tasks)}\n`);
      await waitForFiles(output, urls.length);
      await rm(output, { recursive: true });
    },
    close: async () => {
      // The broker goes last, or the others would try to reach it again.
      for (const child of children.toReversed()) await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
};

/** A Redis of its own, in memory only; resolves to its URL. */
const startRedis = async (folder: string, children: ChildProcess[]): Promise<string> => {
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const redis = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(redis);
  for await (const line of createInterface({ input: redis.stdout })) {
    if (line.includes('Ready to accept connections')) break;
  }
  redis.stdout.resume();
  return `redis://127.0.0.1:${port}/0`;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
};

const waitForFiles = async (folder: string, count: number): Promise<void> => {
  let [seen, since] = [0, performance.now()];
  for (;;) {
    const there = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).length;
    if (there === count) return;
    if (there > seen) [seen, since] = [there, performance.now()];
    if (performance.now() - since > PATIENCE_MS)
      throw new Error(`${count - there} of ${count} Celery tasks made no file`);
    await sleep(LOOK_MS);
  }
};
