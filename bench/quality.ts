/**
 * How near Halve and others come to half the bytes, and what is left of the picture when all use the same bytes.
 *
 *     npm run bench:quality -- [folder of pictures] [--limit 20] [--quick] [--write]
 *
 * Without a folder the pictures of the shared corpus are used, or, where that is absent, pictures made here. Scores and
 * the others' sizes are remembered in the system's folder for temporary files, by content, so that a second run takes
 * only as long as Halve's own new files. `--quick` leaves the others out of the first table, where they would have to be
 * timed again; `--write` puts the tables into docs/compression.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { MISSING } from './quality/contestants.ts';
import { type Comparison, compareAtEqualBytes, equalBytesTable } from './quality/equal-bytes-table.ts';
import { type Halving, halvingTable, isByHalve, outcomesLine, runHalvings } from './quality/halving-table.ts';
import { mapAtOnce } from './quality/map-at-once.ts';
import { loadSamples } from './quality/sample.ts';
import { METRICS } from './quality/scores.ts';

const DOCUMENT = new URL('../docs/compression.md', import.meta.url);
const MARKERS = ['<!-- bench:quality -->', '<!-- /bench:quality -->'] as const;
/** A score takes seconds and, on large pictures, gigabytes. */
const AT_ONCE = Math.min(2, availableParallelism());

/** Files that stayed as they were have nothing to compare; animations have no single picture. */
const isComparable = ({ sample, outcome }: Halving): boolean =>
  outcome !== 'kept_original' && sample.facts.frames === 1 && ['jpeg', 'png', 'webp'].includes(sample.format);

const report = (count: number, halvings: readonly Halving[], comparisons: readonly Comparison[]): string => {
  const day = new Date().toISOString().slice(0, 10);
  const missing = MISSING.length === 0 ? '' : ` Not installed, so left out: ${MISSING.join(', ')}.`;
  const sections = [
    `${count} pictures, one at a time on one thread, in turn; ${day}.${missing}`,
    halvingTable(halvings),
    outcomesLine(halvings),
    `Scores at the same bytes, by ${METRICS}; distances: less is better, points: more is better.`,
  ];
  for (const [format, group] of Map.groupBy(comparisons, (comparison) => comparison.format)) {
    sections.push(`Sources in ${format.toUpperCase()}:`, equalBytesTable(group));
  }
  return sections.join('\n\n');
};

/** The document before and after the place for the tables. */
const aroundTables = async (): Promise<readonly [string, string]> => {
  const document = await readFile(DOCUMENT, 'utf8').catch(() => '');
  const [start, end] = [document.indexOf(MARKERS[0]), document.indexOf(MARKERS[1])];
  if (start < 0 || end < start) {
    throw new Error(`docs/compression.md has no place for the tables: it needs ${MARKERS.join(' and ')}`);
  }
  return [document.slice(0, start + MARKERS[0].length), document.slice(end)];
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '1000' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
// To fail now rather than after an hour.
if (values.write) await aroundTables();
sharp.cache(false);
sharp.concurrency(1);
const { samples, remove } = await loadSamples(positionals[0], Number(values.limit));
try {
  const halvings = await runHalvings(samples, !values.quick);
  const comparisons = await mapAtOnce(
    halvings.filter(isByHalve).filter(isComparable),
    AT_ONCE,
    async ({ sample, bytes }) => {
      process.stderr.write('.');
      return compareAtEqualBytes(sample, bytes).catch((cause: unknown) => {
        throw new Error(`${sample.name} could not be compared`, { cause });
      });
    },
  );
  const text = report(samples.length, halvings, comparisons);
  process.stdout.write(`\n${text}\n`);
  if (values.write) {
    const [before, after] = await aroundTables();
    await writeFile(DOCUMENT, `${before}\n\n${text}\n\n${after}`);
  }
} finally {
  await remove();
}
