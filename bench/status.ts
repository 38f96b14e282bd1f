/**
 * How long `GET /status` takes while a 2,000-image request runs on all cores: asked again and again over HTTP by a
 * process of its own, the way a page polls.
 *
 *     npm run bench:status
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService } from '../src/cli/start-service.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import { createLogger } from '../src/core/log.ts';
import { loadPhotos } from './load-photos.ts';
import { percentile, printTable } from './print-table.ts';

const IMAGES = 2_000;
/** A page asks once a second; this is twenty pages. */
const PAUSE_MS = 50;

const poll = async (url: string): Promise<void> => {
  const times: number[] = [];
  for (;;) {
    const started = performance.now();
    const answer = await fetch(url);
    const status: { finished_at: string | null } = JSON.parse(await answer.text());
    times.push(performance.now() - started);
    if (status.finished_at !== null) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  process.send?.(times);
  process.disconnect();
};

const run = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  const origin = fork(fileURLToPath(new URL('./origin-process.ts', import.meta.url)));
  const [host] = (await once(origin, 'message')) as [string];
  const photos = await loadPhotos();
  const settings = loadSettings({ PORT: '0', HALVE_DATA_DIR: folder, HALVE_ALLOW_HOSTS: host, LOG_LEVEL: 'warn' });
  const service = await startService(settings, createLogger('warn'));
  const lines = ['Serial Number,Product Name,Input Image Urls'];
  for (let i = 0; i < IMAGES; i += 1) {
    lines.push(`${i},Product ${i},http://${host}/${encodeURIComponent(photos[i % photos.length]?.name ?? '')}?${i}`);
  }
  const started = performance.now();
  const headers = { 'content-type': 'text/csv' };
  const answer = await fetch(`${service.url}/upload?quality=50`, { method: 'POST', body: lines.join('\n'), headers });
  const { status_url }: { status_url: string } = JSON.parse(await answer.text());
  const [times] = (await once(fork(fileURLToPath(import.meta.url), [status_url]), 'message')) as [number[]];
  const seconds = (performance.now() - started) / 1_000;
  await service.stop();
  origin.kill();
  await rm(folder, { recursive: true, force: true });
  printTable(
    `${times.length} calls of GET /status while ${IMAGES} images were compressed in ${seconds.toFixed(0)} s`,
    ['', 'p50', 'p90', 'p99', 'max'],
    [['ms', ...[0.5, 0.9, 0.99, 1].map((share) => percentile(times, share).toFixed(1))]],
  );
};

await (process.argv[2] === undefined ? run() : poll(process.argv[2]));
