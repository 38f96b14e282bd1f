import { styleText } from 'node:util';
import { ERRORS, type ImageErrorCode } from '../core/errors.ts';
import { formatBytes, formatCount, formatCounted, formatElapsed, formatPercent, printable } from '../core/format.ts';
import type { TextStyle } from './text-style.ts';

/** Images that failed for the same reason. */
export interface FailureGroup {
  readonly code: ImageErrorCode;
  /** What happened, in words; several groups of one code may differ here (404, 403). */
  readonly message: string;
  readonly count: number;
  /** The first of them; there need not be any. */
  readonly examples: readonly FailedImage[];
}

/** Where a failed image is in the file (`row 5`), its product, its address. */
export interface FailedImage {
  readonly place: string;
  readonly product: string;
  readonly url: string;
}

/** All there is to say when a run is over. */
export interface RunSummary {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly seconds: number | null;
  readonly failures: readonly FailureGroup[];
  /** Rows the errors CSV holds: those with a failed image, and those that could not be read at all. */
  readonly errorRows: number;
  readonly files: {
    /** Null where it is not known. */
    readonly outputCsv: string | null;
    readonly errorsCsv: string | null;
    readonly reportCsv: string | null;
    /** Null where they are not lying together in one place. */
    readonly images: string | null;
  };
}

/** Groups told in full; the errors CSV has all. */
const MAX_GROUPS = 8;

/** The closing text of a run or a request: the result in one sentence, what failed and why, where everything is, what to do next. */
export const summarise = (
  run: RunSummary,
  style: Pick<TextStyle, 'unicode' | 'colour'>,
  next: string = nextStep(run),
): string =>
  `${[[headline(run, style)], failureLines(run, style), fileLines(run), [next]]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

/** `94 of 100 images done. 31.2 MB → 14.9 MB (52 % saved), in 8.2 s.` */
const headline = (run: RunSummary, { unicode, colour }: Pick<TextStyle, 'unicode' | 'colour'>): string => {
  const { total, done, bytesIn, bytesOut, seconds } = run;
  const counts = done === total ? `All ${formatCounted(total, 'image')} done.` : doneOf(run);
  const paint = done === total ? 'green' : done === 0 ? 'red' : 'yellow';
  const result = colour ? styleText(['bold', paint], counts, { validateStream: false }) : counts;
  if (done === 0) return result;
  const saved = bytesIn > 0 ? 1 - bytesOut / bytesIn : 0;
  const arrow = unicode ? '→' : '->';
  const time = seconds === null ? '' : `, in ${formatElapsed(seconds)}`;
  return `${result} ${formatBytes(bytesIn)} ${arrow} ${formatBytes(bytesOut)} (${formatPercent(saved)} saved)${time}.`;
};

const doneOf = ({ total, done }: RunSummary): string =>
  done === 0
    ? `None of the ${formatCounted(total, 'image')} could be done.`
    : `${formatCount(done)} of ${formatCounted(total, 'image')} done.`;

/** Failed images by reason, the most frequent first; nothing when none failed. */
export const failureLines = (
  { failed, failures }: RunSummary,
  style: Pick<TextStyle, 'unicode' | 'colour'>,
): string[] => {
  if (failures.length === 0) return [];
  const largest = failures.toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  const shown = largest.slice(0, MAX_GROUPS);
  const lines = [`${formatCounted(failed, 'image')} failed:`];
  for (const group of shown) {
    const { code, message, count } = group;
    const label = style.colour ? styleText('red', code, { validateStream: false }) : code;
    lines.push(`  ${formatCount(count)} ${style.unicode ? '×' : 'x'} ${label}: ${printable(message)}`);
    lines.push(...exampleLines(group), `      ${ERRORS[code].advice}`);
  }
  const rest = largest.slice(MAX_GROUPS).reduce((sum, { count }) => sum + count, 0);
  if (rest > 0) lines.push(`  and ${formatCounted(rest, 'more image')} for other reasons`);
  return lines;
};

const exampleLines = ({ count, examples }: FailureGroup): string[] => {
  const lines = examples.map(({ place, product, url }) => {
    const name = product === '' ? '' : ` (${printable(product, 60)})`;
    return `${printable(place, 60)}${name}: ${printable(url)}`;
  });
  const rest = count - lines.length;
  if (lines.length === 1 && rest > 0) return [`      such as ${lines[0]}`];
  const more = lines.length > 0 && rest > 0 ? [`and ${formatCount(rest)} more`] : [];
  return [...lines, ...more].map((line) => `      ${line}`);
};

const fileLines = ({ files }: RunSummary): string[] => [
  ...(files.outputCsv === null ? [] : [`Output CSV  ${files.outputCsv}`]),
  ...(files.errorsCsv === null ? [] : [`Errors CSV  ${files.errorsCsv}`]),
  ...(files.reportCsv === null ? [] : [`Report CSV  ${files.reportCsv}`]),
  ...(files.images === null ? [] : [`Images      ${files.images}`]),
];

const nextStep = ({ failed, failures, errorRows, files }: RunSummary): string => {
  if (files.errorsCsv === null)
    return 'Next: use the output CSV in place of your own; its last column has the new addresses.';
  const rows = errorRows === 1 ? 'the row' : `the ${formatCounted(errorRows, 'row')}`;
  const correct = `Next: correct ${rows} in ${files.errorsCsv} and run halve on that file.`;
  const passing = failures.some(({ code }) => ERRORS[code].retryable);
  if (failed === 0) return correct;
  const tries = failed === 1 ? 'only the failed image' : `only the ${formatCount(failed)} failed images`;
  const hint = passing ? ' (worth it: some of these failures may be over soon)' : '';
  return `${correct}\nThe same command again tries ${tries}${hint}.`;
};
