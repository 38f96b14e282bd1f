/** First question: how near to half the bytes does each come, in how many encodes, how fast? */
import { formatTable, percent } from '../print-table.ts';
import { CONTESTANTS, type Halved, halve } from './contestants.ts';
import type { Sample } from './sample.ts';

const HALVE = 'Halve';
const WARM_UP = 5;

export interface Halving {
  readonly contestant: string;
  readonly sample: Sample;
  readonly bytes: Uint8Array;
  readonly encodes: number | null;
  readonly seconds: number;
  /** Halve's word on its result; null for the others. */
  readonly outcome: string | null;
}

/** One picture after the other, its contestants in turn, so that a noisy machine is noisy for all. */
export const runHalvings = async (samples: readonly Sample[], withOthers: boolean): Promise<Halving[]> => {
  // Only Halve has code that gets faster by being used; the service's presses have long been running.
  for (const sample of samples.slice(0, WARM_UP)) await halve(sample);
  const halvings: Halving[] = [];
  for (const sample of samples) {
    halvings.push(await timed(HALVE, sample, () => halve(sample)));
    if (!withOthers || sample.facts.frames > 1) continue;
    for (const { name, formats, halve: run } of CONTESTANTS) {
      if (formats.includes(sample.format)) halvings.push(await timed(name, sample, () => run(sample)));
    }
  }
  return halvings;
};

const timed = async (
  contestant: string,
  sample: Sample,
  run: () => Promise<Halved & { readonly outcome?: string }>,
): Promise<Halving> => {
  const started = performance.now();
  const { bytes, encodes, outcome = null } = await run();
  return { contestant, sample, bytes, encodes, seconds: (performance.now() - started) / 1_000, outcome };
};

export const isByHalve = ({ contestant }: Halving): boolean => contestant === HALVE;

const HEAD = ['contestant', 'sources', 'files', '47.5–50 %', 'over 50 %', 'under 47.5 %', 'encodes', 'images/s'];

export const halvingTable = (halvings: readonly Halving[]): string => {
  const groups = Map.groupBy(halvings, ({ sample, contestant }) => `${sample.format}\n${contestant}`);
  const rows = [...groups.entries()]
    .toSorted(([a], [b]) => FORMAT_ORDER.indexOf(a.split('\n')[0] ?? '') - FORMAT_ORDER.indexOf(b.split('\n')[0] ?? ''))
    .map(([, group]) => rowOf(group));
  return formatTable(HEAD, rows, 2);
};

const FORMAT_ORDER = ['jpeg', 'png', 'webp', 'avif', 'gif'];

const rowOf = (group: readonly Halving[]): string[] => {
  const share = (test: (ratio: number) => boolean): string =>
    percent(group.filter(({ bytes, sample }) => test(bytes.length / sample.bytes.length)).length, group.length);
  const encodes = group.map((halving) => halving.encodes).filter((count) => count !== null);
  return [
    group[0]?.contestant ?? '',
    group[0]?.sample.format ?? '',
    String(group.length),
    percent(group.filter(isInWindow).length, group.length),
    share((ratio) => ratio > 0.5),
    share((ratio) => ratio < 0.475),
    encodes.length === 0 ? '–' : (sum(encodes) / encodes.length).toFixed(1),
    (group.length / sum(group.map(({ seconds }) => seconds))).toFixed(1),
  ];
};

const isInWindow = ({ bytes, sample }: Halving): boolean => {
  const ratio = bytes.length / sample.bytes.length;
  return ratio >= 0.475 && ratio <= 0.5;
};

/** How many of Halve's JPEGs are as they should be, and what it says of all its files outside the window. */
export const outcomesLine = (halvings: readonly Halving[]): string => {
  const ours = halvings.filter(isByHalve);
  const jpegs = ours.filter(({ sample }) => sample.format === 'jpeg');
  const good = jpegs.filter((halving) => isInWindow(halving) || halving.outcome === 'visually_lossless');
  const outside = ours.filter((halving) => !isInWindow(halving));
  const counts = [...Map.groupBy(outside, ({ sample, outcome }) => `${sample.format} \`${outcome}\``)];
  const list = counts.map(([what, group]) => `${group.length} × ${what}`).toSorted();
  return [
    `Halve's JPEGs within 47.5–50 % or \`visually_lossless\`: ${good.length} of ${jpegs.length}.`,
    `Its files outside the window: ${list.length === 0 ? 'none' : list.join(', ')}.`,
  ].join(' ');
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
