import { styleText } from 'node:util';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatPercent,
  formatRate,
  formatTimeLeft,
  printable,
} from '../core/format.ts';
import type { TextStyle } from './text-style.ts';

/** The state of a run at one moment. */
export interface ProgressSnapshot {
  readonly total: number;
  /** Images that succeeded, and that failed. */
  readonly done: number;
  readonly failed: number;
  /** Bytes of the images done, before and after. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Null as long as there is too little to tell. */
  readonly imagesPerSecond: number | null;
  readonly etaSeconds: number | null;
  /** A word on what is waited for. */
  readonly note?: string;
}

const MIN_BAR = 10;
const MAX_BAR = 40;

/** One line for a terminal of `columns` columns, at most one column less; what matters least is left out first. */
export const progressLine = (snapshot: ProgressSnapshot, columns: number, style: TextStyle): string => {
  const width = Math.max(1, columns - 1);
  const { done, failed, total } = snapshot;
  const head = `${formatPercent(settledShare(snapshot)).padStart(6)}  ${formatCount(done + failed)}/${formatCount(total)}`;
  const failures = failed > 0 ? `  ${formatCount(failed)} failed` : '';
  const tails = details(snapshot);
  while (tails.length > 0 && lengthOf(head, failures, tails) + MIN_BAR + 2 > width) tails.pop();
  const room = width - lengthOf(head, failures, tails);
  const cells = Math.min(MAX_BAR, style.unicode ? room : room - 2);
  const bar = cells >= MIN_BAR ? drawBar(snapshot, cells, style) : '';
  const text = room >= 0 ? [head, paint(failures, 'red', style), ...tails.map((tail) => `  ${tail}`)].join('') : '';
  return text === '' ? head.trim().slice(0, width) : bar === '' ? text.slice(text.search(/\S/)) : bar + text;
};

/** The same for a log: one sentence, no width, nothing but ASCII of our own. */
export const plainProgress = (snapshot: ProgressSnapshot): string => {
  const { done, failed, total } = snapshot;
  const failures = failed > 0 ? [`${formatCount(failed)} failed`] : [];
  const counts = `${formatCount(done + failed)} of ${formatCounted(total, 'image')}`;
  return [`${formatPercent(settledShare(snapshot))}: ${counts}`, ...failures, ...details(snapshot)].join(', ');
};

/** Done and failed together, 0–1; a run of nothing is finished. */
export const settledShare = ({ done, failed, total }: ProgressSnapshot): number =>
  total === 0 ? 1 : Math.min(1, (done + failed) / total);

/** Most telling first. */
const details = (snapshot: ProgressSnapshot): string[] => {
  const { etaSeconds, imagesPerSecond, bytesIn, bytesOut, note } = snapshot;
  const parts: string[] = [];
  if (etaSeconds !== null && settledShare(snapshot) < 1) parts.push(`${formatTimeLeft(etaSeconds)} left`);
  if (imagesPerSecond !== null) parts.push(`${formatRate(imagesPerSecond)} images/s`);
  if (bytesIn > bytesOut) parts.push(`${formatBytes(bytesIn - bytesOut)} saved`);
  if (note !== undefined && note !== '') parts.push(printable(note, 60));
  return parts;
};

const lengthOf = (head: string, failures: string, tails: readonly string[]): number =>
  tails.reduce((sum, tail) => sum + 2 + [...tail].length, head.length + failures.length);

/** Done, failed, open: told apart by pattern as well as by colour. */
const drawBar = ({ total, done, failed }: ProgressSnapshot, cells: number, style: TextStyle): string => {
  const [doneCell, failedCell, openCell] = style.unicode ? ['█', '▒', '░'] : ['#', 'x', '.'];
  const share = (count: number): number => (total === 0 ? 0 : Math.min(1, count / total));
  // Floored, and one cell at least for failures: the bar is full only when all is settled, and hides no failure.
  const settled = Math.floor(cells * share(done + failed));
  const failedCells = failed === 0 ? 0 : Math.min(settled, Math.max(1, Math.round(cells * share(failed))));
  const bar =
    paint(doneCell.repeat(settled - failedCells), 'green', style) +
    paint(failedCell.repeat(failedCells), 'red', style) +
    paint(openCell.repeat(cells - settled), 'gray', style);
  return style.unicode ? bar : `[${bar}]`;
};

const paint = (text: string, colour: 'red' | 'green' | 'gray', style: TextStyle): string =>
  // The style has been settled already; styleText must not look at the process's own streams again.
  style.colour && text !== '' ? styleText(colour, text, { validateStream: false }) : text;
