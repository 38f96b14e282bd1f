/**
 * Does a request slow down when 200 clients watch it? The same images with and without event streams, in turn, and what
 * the streams leave in memory. The clients live in a process of their own.
 *
 *     npm run bench:events
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RunningService, startService } from '../src/cli/start-service.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import { createLogger } from '../src/core/log.ts';
import { loadPhotos } from './load-photos.ts';
import { median, printTable } from './print-table.ts';

const IMAGES = 200;
const CLIENTS = 200;
const ROUNDS = 6;

interface Measured {
  readonly seconds: number;
  /** CPU time of the service process, without presses. */
  readonly cpuSeconds: number;
  /** Live objects: before the clients came, with all of them, and after they have gone. */
  readonly heap: readonly [before: number, during: number, after: number];
  readonly clients: ClientFacts;
}

/** What the clients' process says in the end. */
interface ClientFacts {
  /** Events they were sent, in all. */
  readonly events: number;
  /** CPU time they took for them; it is taken from the same cores. */
  readonly cpuSeconds: number;
}

const cpuSecondsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

/** The clients' process: opens streams, says when all are there, and then what they were sent when all have ended. */
const watch = async (url: string, clients: number): Promise<void> => {
  let events = 0;
  const endings = Array.from({ length: clients }, async () => {
    const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    const ended = once(response, 'end');
    response.setEncoding('utf8').on('data', (piece: string) => {
      events += piece.match(/^event: /gm)?.length ?? 0;
    });
    // Wrapped, because a promise that answers a promise would wait for it.
    return { ended };
  });
  const opened = await Promise.all(endings);
  process.send?.('open');
  const cpu = process.cpuUsage();
  await Promise.all(opened.map(({ ended }) => ended));
  process.send?.({ events, cpuSeconds: cpuSecondsSince(cpu) } satisfies ClientFacts);
  process.disconnect();
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Bytes of live objects. What was closed just now is let go by the next turns of the event loop. */
const liveHeap = async (): Promise<number> => {
  for (let i = 0; i < 3; i += 1) {
    await new Promise(setImmediate);
    collect();
  }
  return process.memoryUsage().heapUsed;
};

const post = async (url: string, body?: string): Promise<{ request_id: string }> => {
  const headers = { 'content-type': 'text/csv' };
  const answer = await fetch(url, { method: 'POST', ...(body === undefined ? {} : { body, headers }) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as { request_id: string };
};

const measure = async (service: RunningService, csv: string, clients: number): Promise<Measured> => {
  const { request_id } = await post(`${service.url}/upload?quality=50&start=manual`, csv);
  const before = await liveHeap();
  const url = `${service.url}/status/${request_id}/events`;
  const watchers: ChildProcess | null =
    clients === 0 ? null : fork(fileURLToPath(import.meta.url), [url, String(clients)]);
  if (watchers !== null) await once(watchers, 'message');
  const during = await liveHeap();
  const finished = new Promise<void>((resolve) => {
    service.engine.events.on('change', function look(request) {
      if (request.id !== request_id || request.finished_at === null) return;
      service.engine.events.off('change', look);
      resolve();
    });
  });
  const told = watchers === null ? Promise.resolve([{ events: 0, cpuSeconds: 0 }]) : once(watchers, 'message');
  const cpu = process.cpuUsage();
  const started = performance.now();
  await post(`${service.url}/process/${request_id}`);
  await finished;
  const seconds = (performance.now() - started) / 1_000;
  const cpuSeconds = cpuSecondsSince(cpu);
  const [facts] = (await told) as [ClientFacts];
  if (watchers !== null && watchers.exitCode === null) await once(watchers, 'exit');
  const after = await liveHeap();
  return { seconds, cpuSeconds, heap: [before, during, after], clients: facts };
};

const print = (without: readonly Measured[], withClients: readonly Measured[]): void => {
  const pace = (all: readonly Measured[]): number => IMAGES / median(all.map(({ seconds }) => seconds));
  const heap = (all: readonly Measured[]): string[] =>
    ([0, 1, 2] as const).map((at) => (median(all.map((one) => one.heap[at])) / 1e6).toFixed(1));
  const row = (name: string, all: readonly Measured[]): string[] => [
    name,
    pace(all).toFixed(1),
    (pace(all) / pace(without)).toFixed(2),
    median(all.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    median(all.map(({ clients }) => clients.cpuSeconds)).toFixed(2),
    ...heap(all),
    median(all.map(({ clients }) => clients.events)).toFixed(0),
  ];
  printTable(
    `${IMAGES} images, median of ${ROUNDS} rounds in turn`,
    [
      'clients',
      'images/s',
      'ratio',
      'service CPU s',
      'clients CPU s',
      'heap MB before',
      'connected',
      'after',
      'events',
    ],
    [row('0', without), row(String(CLIENTS), withClients)],
  );
};

const run = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  const origin = fork(fileURLToPath(new URL('./origin-process.ts', import.meta.url)));
  const [host] = (await once(origin, 'message')) as [string];
  const photos = await loadPhotos();
  const settings = loadSettings({ PORT: '0', HALVE_DATA_DIR: folder, HALVE_ALLOW_HOSTS: host, LOG_LEVEL: 'warn' });
  const service = await startService(settings, createLogger('warn'));
  const csvOf = (round: string): string => {
    const lines = Array.from({ length: IMAGES }, (_, i) => {
      const name = encodeURIComponent(photos[i % photos.length]?.name ?? '');
      return `${i},Product ${i},http://${host}/${name}?${round}-${i}`;
    });
    return ['Serial Number,Product Name,Input Image Urls', ...lines].join('\n');
  };
  // The first run warms up presses and code.
  await measure(service, csvOf('warm'), CLIENTS);
  const without: Measured[] = [];
  const withClients: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each comes first every other time, so that a machine that slows down meanwhile slows both.
    const order = round % 2 === 0 ? [0, CLIENTS] : [CLIENTS, 0];
    for (const clients of order) {
      const measured = await measure(service, csvOf(`${clients}-${round}`), clients);
      (clients === 0 ? without : withClients).push(measured);
    }
  }
  await service.stop();
  origin.kill();
  await rm(folder, { recursive: true, force: true });
  print(without, withClients);
};

const [url, clients] = process.argv.slice(2);
await (url === undefined ? run() : watch(url, Number(clients)));
