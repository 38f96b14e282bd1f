import { styleText } from 'node:util';
import { ERRORS, type ImageErrorCode } from '../core/errors.ts';
import { formatBytes, formatCount, formatCounted, formatElapsed, formatPercent, printable } from './format.ts';
import type { TextStyle } from './text-style.ts';

/** Images that failed for the same reason. */
export interface FailureGroup {
  readonly code: ImageErrorCode;
  /** What happened, in words; several groups of one code may differ here (404, 403). */
  readonly message: string;
  readonly count: number;
  /** One of them: the row as the spreadsheet counts it, its product, the address. */
  readonly example: { readonly row: number; readonly product: string; readonly url: string } | null;
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
    readonly outputCsv: string;
    readonly errorsCsv: string | null;
    readonly reportCsv: string | null;
    readonly images: string;
  };
}

/** Groups told in full; the errors CSV has all. */
const MAX_GROUPS = 8;

/** The closing text of a run: the result in one sentence, what failed and why, where everything is, what to do next. */
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

const failureLines = ({ failed, failures }: RunSummary, style: Pick<TextStyle, 'unicode' | 'colour'>): string[] => {
  if (failures.length === 0) return [];
  const largest = failures.toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  const shown = largest.slice(0, MAX_GROUPS);
  const lines = [`${formatCounted(failed, 'image')} failed:`];
  for (const { code, message, count, example } of shown) {
    const label = style.colour ? styleText('red', code, { validateStream: false }) : code;
    lines.push(`  ${formatCount(count)} ${style.unicode ? '×' : 'x'} ${label}: ${printable(message)}`);
    if (example !== null) {
      const product = example.product === '' ? '' : ` (${printable(example.product, 60)})`;
      lines.push(`      ${count === 1 ? 'row' : 'such as row'} ${example.row}${product}: ${printable(example.url)}`);
    }
    lines.push(`      ${ERRORS[code].advice}`);
  }
  const rest = largest.slice(MAX_GROUPS).reduce((sum, { count }) => sum + count, 0);
  if (rest > 0) lines.push(`  and ${formatCounted(rest, 'more image')} for other reasons`);
  return lines;
};

const fileLines = ({ files }: RunSummary): string[] => [
  `Output CSV  ${files.outputCsv}`,
  ...(files.errorsCsv === null ? [] : [`Errors CSV  ${files.errorsCsv}`]),
  ...(files.reportCsv === null ? [] : [`Report CSV  ${files.reportCsv}`]),
  `Images      ${files.images}`,
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
