/** Second question: with the very bytes Halve's file has, who keeps more of the picture? */
import type { ImageFormat } from '../../src/core/options.ts';
import { formatTable, mean, median, percent } from '../print-table.ts';
import { CONTESTANTS } from './contestants.ts';
import { type Scale, scoresAtBytes } from './equal-bytes.ts';
import type { Sample } from './sample.ts';
import { type Scores, scoreAgainst } from './scores.ts';

/** Halve's file and what the others would make of as many bytes; null where their scale does not reach there. */
export interface Comparison {
  readonly format: ImageFormat;
  readonly ours: Scores;
  readonly others: ReadonlyMap<string, Scores | null>;
}

export interface Rival {
  readonly formats: readonly ImageFormat[];
  readonly scale: Scale;
}

/** Compares one file of Halve's (or of its engine alone) with all rivals for its format. */
export const compareAtEqualBytes = async (
  sample: Sample,
  bytes: Uint8Array,
  rivals: readonly Rival[] = CONTESTANTS,
): Promise<Comparison> => {
  const others = new Map<string, Scores | null>();
  for (const { formats, scale } of rivals) {
    if (formats.includes(sample.format)) others.set(scale.id, await scoresAtBytes(scale, sample, bytes.length));
  }
  return { format: sample.format, ours: await scoreAgainst(sample, bytes), others };
};

const HEAD = [
  'at the same bytes',
  'files',
  'Butteraugli 3-norm',
  'median',
  'largest',
  'SSIMULACRA2',
  'median',
  'Halve ÷ it (3-norm)',
  'Halve − it (SSIMULACRA2)',
  'Halve better (3-norm)',
  'Halve better (SSIMULACRA2)',
];

/** One table for a format. The columns after the medians compare Halve's file with the rival's, picture by picture. */
export const equalBytesTable = (comparisons: readonly Comparison[]): string => {
  const names = new Set(comparisons.flatMap(({ others }) => [...others.keys()]));
  const ours = ['Halve', ...means(comparisons.map((comparison) => comparison.ours)), '', '', '', ''];
  return formatTable(HEAD, [ours, ...[...names].map((name) => rivalRow(name, comparisons))]);
};

const rivalRow = (name: string, comparisons: readonly Comparison[]): string[] => {
  const pairs = comparisons.flatMap(({ ours, others }) => {
    const theirs = others.get(name) ?? null;
    return theirs === null ? [] : [{ ours, theirs }];
  });
  const distances = pairs.flatMap(({ ours, theirs }) =>
    ours.butteraugli === null || theirs.butteraugli === null ? [] : [[ours.butteraugli, theirs.butteraugli] as const],
  );
  const gains = pairs.map(({ ours, theirs }) => ours.ssimulacra2 - theirs.ssimulacra2);
  return [
    name,
    ...means(pairs.map(({ theirs }) => theirs)),
    // The geometric mean: half as far and twice as far cancel out.
    distances.length === 0 ? '–' : Math.exp(mean(distances.map(([a, b]) => Math.log(a / b)))).toFixed(3),
    signed(mean(gains)),
    distances.length === 0 ? '–' : percent(distances.filter(([a, b]) => a < b).length, distances.length),
    percent(gains.filter((gain) => gain > 0).length, gains.length),
  ];
};

const means = (scores: readonly Scores[]): string[] => {
  const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const distances = present(scores.map(({ butteraugli }) => butteraugli));
  const largest = present(scores.map(({ butteraugliMax }) => butteraugliMax));
  const points = scores.map(({ ssimulacra2 }) => ssimulacra2);
  return [
    String(scores.length),
    ...[mean(distances), median(distances)].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(3))),
    Number.isNaN(mean(largest)) ? '–' : mean(largest).toFixed(2),
    ...[mean(points), median(points)].map((value) => value.toFixed(2)),
  ];
};

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
