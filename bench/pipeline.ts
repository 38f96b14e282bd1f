/**
 * The whole path (local origin → Halve → disk) against the stack it replaces (Celery and Pillow, bench/celery) on the same
 * path, and against bare sharp on the same bytes in memory; the same cores for all.
 *
 *     npm run bench:pipeline -- [folder of photos] [--rounds 3] [--images 200]
 *
 * Both run in turn, several rounds, so that a noisy machine is noisy for both; the ratio of the medians is the result.
 * Without a folder the photos of the shared corpus are used, or, where that is absent, pictures made here.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { inspectImage } from '../src/compress/inspect-image.ts';
import { LOSSY_ENCODERS } from '../src/compress/lossy-encoders.ts';
import { openCelery } from './celery-stack.ts';
import { loadPhotos, type Photo } from './load-photos.ts';
import { median, printTable } from './print-table.ts';
import { openBenchEngine, runRequest } from './run-request.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, images: { type: 'string', default: '200' } },
});
const cores = availableParallelism();
const photos = await loadPhotos(positionals[0]);
const work = Array.from({ length: Number(values.images) }, (_, i) => photos[i % photos.length]).filter(
  (p) => p !== undefined,
);

/** As many at once as there are cores, one thread each: the most bare sharp can do here. */
const inParallel = async (run: (photo: Photo) => Promise<unknown>): Promise<void> => {
  const queue = work.values();
  await Promise.all(
    Array.from({ length: cores }, async () => {
      for (const photo of queue) await run(photo);
    }),
  );
};

/** The same work as Halve's at quality 50: decode, upright, the same encoder settings; nothing else. */
const bareQuality50 = async ({ bytes }: Photo): Promise<void> => {
  const facts = await inspectImage(bytes);
  const settings = LOSSY_ENCODERS.jpeg(facts, facts.pixels).settings(50);
  if (settings.format !== 'jpeg') throw new Error('the JPEG encoder has JPEG settings');
  await sharp(bytes, { sequentialRead: true }).autoOrient().jpeg(settings.options).toBuffer();
};

/** What somebody without Halve would write first. */
const bareDefault50 = ({ bytes }: Photo): Promise<unknown> =>
  sharp(bytes).autoOrient().jpeg({ quality: 50 }).toBuffer();

sharp.cache(false);
sharp.concurrency(1);
const origin = fork(fileURLToPath(new URL('./origin-process.ts', import.meta.url)), [positionals[0] ?? '']);
const [host] = (await once(origin, 'message')) as [string];
const engine = await openBenchEngine({ allowHosts: host, presses: cores });
const celery = await openCelery(cores);
// A query of its own makes each a different address; the same one twice would be fetched once.
const urls = work.map(({ name }, i) => `http://${host}/${encodeURIComponent(name)}?${i}`);
const rows = urls.map((url, i) => `${i},Product ${i},${url}`);
const csv = ['Serial Number,Product Name,Input Image Urls', ...rows].join('\n');

const contestants: Record<string, () => Promise<void>> = {
  'Halve, quality 50, URL to disk': () => runRequest(engine, csv, { quality: '50' }),
  'bare sharp, same settings, in memory': () => inParallel(bareQuality50),
  'bare sharp, its defaults, in memory': () => inParallel(bareDefault50),
  'Halve, target 50 %, URL to disk': () => runRequest(engine, csv, {}),
};
if (celery !== null) {
  contestants['Celery + Pillow, quality 50, URL to disk'] = () => celery.run(urls, { optimize: false });
  contestants['the same, with `optimize`'] = () => celery.run(urls, { optimize: true });
}
const seconds = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
try {
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    for (const [name, run] of Object.entries(contestants)) {
      const started = performance.now();
      await run();
      // The first round warms everything up and is not counted.
      if (round > 0) seconds.get(name)?.push((performance.now() - started) / 1_000);
    }
  }
} finally {
  await engine.close();
  await celery?.close();
  origin.kill();
}

const rateOf = (name: string): number => work.length / median(seconds.get(name) ?? []);
const yardstick = rateOf('bare sharp, same settings, in memory');
const megabytes = work.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
printTable(
  `${work.length} JPEGs, ${megabytes.toFixed(0)} MB, ${cores} cores, median of ${values.rounds} rounds` +
    (celery === null ? '; Celery, Pillow or Redis is not installed, so they are left out' : ''),
  ['', 'images/s', 'ratio'],
  Object.keys(contestants).map((name) => [name, rateOf(name).toFixed(1), (rateOf(name) / yardstick).toFixed(2)]),
);
