import { median, percent, printTable } from '../print-table.ts';
import type { Result, Run } from './crew.ts';
import { type Entrant, JPEGOPTIM, OURS, SHARP } from './entrants.ts';

/** One entrant and its counted runs. */
export interface Line {
  readonly entrant: Entrant;
  readonly runs: Run[];
}

/** Prints what all runs gave. `sizes` are the bytes of the photos, in the order of the results. */
export const printRuns = (lines: readonly Line[], sizes: readonly number[]): void => {
  const asked = (question: Entrant['question']) => lines.filter(({ entrant }) => entrant.question === question);
  printQuality(asked('quality'), sizes);
  printBudget(asked('budget'), sizes);
  printEnds(resultsOf(named(asked('budget'), OURS)), sizes);
};

const printQuality = (lines: readonly Line[], sizes: readonly number[]): void => {
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
  printTable(
    "Quality 50 on each encoder's own scale",
    ['', 'images/s', 'to sharp', 'bytes'],
    lines.map((line) => [
      line.entrant.name,
      rateOf(line).toFixed(1),
      ratioTo(line, named(lines, SHARP)),
      percent(total(resultsOf(line).map(({ bytes }) => bytes)), total(sizes)),
    ]),
  );
};

const printBudget = (lines: readonly Line[], sizes: readonly number[]): void => {
  printTable(
    '50 % of bytes',
    ['', 'images/s', 'to jpegoptim', 'at most 50 %', '49–50 %', '47.5–50 %'],
    lines.map((line) => [
      line.entrant.name,
      rateOf(line).toFixed(1),
      ratioTo(line, named(lines, JPEGOPTIM)),
      ...[0, 0.49, 0.475].map((least) => {
        const results = resultsOf(line);
        return percent(results.filter(({ bytes }, i) => isWithin(bytes, sizes[i], least)).length, results.length);
      }),
    ]),
  );
};

/** How the engine's searches ended. */
const printEnds = (results: readonly Result[], sizes: readonly number[]): void => {
  const good = results.filter(({ bytes, end }, i) => end === 'ceiling' || isWithin(bytes, sizes[i], 0.49));
  const ends = Map.groupBy(results, ({ end }) => end);
  const counts = [...ends].map(([end, group]) => `${group.length} × \`${end}\``).toSorted();
  process.stdout.write(
    `\nThe engine's files within 49–50 % or at its ceiling: ${good.length} of ${results.length}. ` +
      `How its searches ended: ${counts.join(', ')}.\n`,
  );
};

const isWithin = (bytes: number, size: number | undefined, least: number): boolean =>
  size !== undefined && bytes >= size * least && bytes <= size * 0.5;

/** Sizes are the same in every run. */
const resultsOf = (line: Line | undefined): readonly Result[] => line?.runs.at(-1)?.results ?? [];

const rateOf = (line: Line): number => resultsOf(line).length / median(line.runs.map(({ seconds }) => seconds));

const ratioTo = (line: Line, yardstick: Line | undefined): string =>
  yardstick === undefined ? '–' : (rateOf(line) / rateOf(yardstick)).toFixed(2);

const named = (lines: readonly Line[], name: string): Line | undefined =>
  lines.find(({ entrant }) => entrant.name.startsWith(name));
