/**
 * Halve's JPEG engine against other ways to make JPEGs smaller: the same bytes, as many processes as cores with one
 * thread each, in turn within one run.
 *
 *     npm run bench:jpeg -- [folder of photos] [--rounds 3] [--limit 100] [--scored 16]
 *
 * Only photos that the engine takes are used: the others go to sharp in the service too. Programs that are not installed
 * are left out. `--scored` says for how many photos the scores at equal bytes are measured, which takes long; 0 for none.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { describeJpeg, readCoefficients } from '../src/compress/jpeg/read-coefficients.ts';
import { type Field, openField } from './jpeg/entrants.ts';
import { type Line, printRuns } from './jpeg/report.ts';
import { halveToBudget } from './jpeg/tasks.ts';
import { loadPhotos, type Photo } from './load-photos.ts';
import { compareAtEqualBytes, equalBytesTable } from './quality/equal-bytes-table.ts';
import { mapAtOnce } from './quality/map-at-once.ts';
import { loadSamples, spread } from './quality/sample.ts';
import { METRICS } from './quality/scores.ts';

const isTaken = ({ bytes }: Photo): boolean => {
  try {
    readCoefficients(bytes);
    return describeJpeg(bytes).orientation === 1;
  } catch {
    return false;
  }
};

/** A score takes seconds and, on large pictures, gigabytes. */
const AT_ONCE = Math.min(2, availableParallelism());

const printScores = async (folder: string, limit: number): Promise<void> => {
  const { samples, remove } = await loadSamples(folder, limit);
  try {
    const comparisons = await mapAtOnce(samples, AT_ONCE, (sample) =>
      compareAtEqualBytes(sample, halveToBudget(sample.bytes).bytes),
    );
    const title = `At the bytes of the engine's files, ${METRICS}; distances: less is better, points: more is better`;
    process.stdout.write(`\n${title}\n\n${equalBytesTable(comparisons)}\n`);
  } finally {
    await remove();
  }
};

const runAll = async ({ entrants, close }: Field): Promise<Line[]> => {
  const lines: Line[] = entrants.map((entrant) => ({ entrant, runs: [] }));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const { entrant, runs } of lines) {
        // The first round warms everything up and is not counted; the slow run once, in the second.
        if (entrant.isSlow && round !== 1) continue;
        const run = await entrant.run();
        if (round > 0) runs.push(run);
      }
    }
    return lines;
  } finally {
    close();
  }
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    limit: { type: 'string', default: '100' },
    scored: { type: 'string', default: '16' },
  },
});
sharp.cache(false);
sharp.concurrency(1);
const rounds = Number(values.rounds);
const cores = availableParallelism();
const found = await loadPhotos(positionals[0]);
// In the order of their names, in which every contestant reads the folder.
const photos = spread(found.filter(isTaken), Number(values.limit));
const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
for (const { name, bytes } of photos) await writeFile(join(folder, name), bytes);
try {
  const field = await openField(folder, { photos: photos.length, size: cores });
  const lines = await runAll(field);
  const megabytes = photos.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
  const absent = field.absent.length === 0 ? '' : `\nNot installed, so left out: ${field.absent.join(', ')}.`;
  process.stdout.write(
    `${photos.length} of ${found.length} JPEGs, ${megabytes.toFixed(0)} MB, ${cores} cores, median of ${rounds} rounds ` +
      `(mozjpeg by bisection: one).${absent}\n`,
  );
  printRuns(
    lines,
    photos.map(({ bytes }) => bytes.length),
  );
  if (Number(values.scored) > 0) await printScores(folder, Number(values.scored));
} finally {
  await rm(folder, { recursive: true, force: true });
}
