/**
 * How fast a catalogue is taken in, and in how much memory, for 10 thousand, 100 thousand and a million rows of one
 * image each; every size in a process of its own, so that the peak is its own.
 *
 *     npm run bench:intake
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../src/core/options.ts';
import { spoolUpload } from '../src/intake/spool-upload.ts';
import { printTable } from './print-table.ts';
import { openBenchEngine } from './run-request.ts';

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly before: number;
  readonly peak: number;
}

const SIZES = [10_000, 100_000, 1_000_000];

async function* csvOf(rows: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('Serial Number,Product Name,Input Image Urls\n');
  for (let first = 1; first <= rows; first += 1_000) {
    const lines = Array.from(
      { length: 1_000 },
      (_, i) => `${first + i},Product ${first + i},https://img.example/c/${first + i}.jpg\n`,
    );
    yield Buffer.from(lines.join(''));
  }
}

const measure = async (rows: number): Promise<Measured> => {
  const engine = await openBenchEngine({ allowHosts: '', presses: 1 });
  try {
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const { path } = await spoolUpload(csvOf(rows), engine.spoolDir, engine.limits.maxBytes);
    await engine.requests.submit({
      path,
      bytes: 0,
      fileName: null,
      fingerprint: '',
      options: parseOptions({ start: 'manual' }),
    });
    const seconds = (performance.now() - started) / 1_000;
    return { rows, seconds, before, peak: process.resourceUsage().maxRSS * 1_024 };
  } finally {
    await engine.close();
  }
};

const child = process.argv[2];
if (child !== undefined) {
  process.send?.(await measure(Number(child)));
  process.disconnect();
} else {
  const results: Measured[] = [];
  for (const rows of SIZES) {
    const [result] = (await once(fork(fileURLToPath(import.meta.url), [String(rows)]), 'message')) as [Measured];
    results.push(result);
  }
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  printTable(
    'Intake: arriving bytes → file on disk → validated → request, products, images and their duplicates in one transaction',
    ['rows', 'seconds', 'rows/s', 'MB before', 'MB at peak'],
    results.map(({ rows, seconds, before, peak }) => [
      String(rows),
      seconds.toFixed(2),
      (rows / seconds).toFixed(0),
      megabytes(before),
      megabytes(peak),
    ]),
  );
}
