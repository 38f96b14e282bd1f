import { ERRORS } from '../../core/errors.ts';
import { formatCount, formatCounted, formatTimeLeft, printable } from '../../core/format.ts';
import { plainProgress } from '../progress-line.ts';
import { failureLines, summarise } from '../summary.ts';
import type { TextStyle } from '../text-style.ts';
import type { Connection } from './connection.ts';
import { progressOf, type RequestReport, type RequestSummary, runSummaryOf } from './request-summary.ts';

type Style = Pick<TextStyle, 'unicode' | 'colour'>;
type Commands = Pick<Connection, 'command'>;

/** Failed images named for each reason: at the end of a run one is enough, a status is asked for to see more. */
const EXAMPLES = { end: 1, status: 3 } as const;

/** The closing text of a request that was watched to its end: as that of `halve run`. */
export const endText = (report: RequestReport, style: Style, commands: Commands): string => {
  const { summary } = report;
  const unusual = summary.status === 'COMPLETED' ? '' : `${sentence(summary)}\n\n`;
  return `${unusual}${summarise(runSummaryOf(report, EXAMPLES.end), style, nextStep(summary, commands))}`;
};

/** What there is to say about a request at any time, on one screen. @param now milliseconds since 1970 */
export const statusText = (report: RequestReport, style: Style, commands: Commands, now: number): string => {
  const { summary } = report;
  const deliveries = summary.deliveries.map((delivery) => deliveryLine(delivery, now));
  if (summary.finished_at !== null) {
    const next = [...(deliveries.length === 0 ? [] : [...deliveries, '']), nextStep(summary, commands)].join('\n');
    return `${sentence(summary)}\n\n${summarise(runSummaryOf(report, EXAMPLES.status), style, next)}`;
  }
  const failures = failureLines(runSummaryOf(report, EXAMPLES.status), style);
  const parts = [
    [sentence(summary), plainProgress(progressOf(summary))],
    failures,
    [`Watch it: ${commands.command(`status ${summary.request_id} --watch`)}`],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

const sentence = ({ request_id, status, error }: RequestSummary): string => {
  const words = {
    PENDING: 'has not been started yet.',
    PROCESSING: 'is being processed.',
    COMPLETED: 'is finished.',
    FAILED: `has failed.${error === null ? '' : ` ${printable(error, 300)}`}`,
    CANCELLED: 'was cancelled; what was done is kept.',
  };
  return `Request ${request_id} ${words[status] ?? `is ${status}.`}`;
};

const KINDS = { webhook: 'Webhook', email: 'E-mail ' } as const;

const deliveryLine = (delivery: RequestSummary['deliveries'][number], now: number): string => {
  const { kind, state, target, attempts, next_attempt_at } = delivery;
  const last = attempts.at(-1);
  const result = last === undefined ? '' : printable(last.result, 120);
  const head = `${KINDS[kind] ?? kind}     ${printable(target, 100)}:`;
  if (state === 'DELIVERED') return `${head} delivered (${result})`;
  if (state === 'FAILED') return `${head} given up after ${formatCounted(attempts.length, 'attempt')} (${result})`;
  if (last === undefined || next_attempt_at === null) return `${head} on its way`;
  const wait = formatTimeLeft(Math.max(0, Date.parse(next_attempt_at) - now) / 1_000);
  return `${head} not taken (${result}); tried again in ${wait}`;
};

/** What can be done with a finished request, as commands to copy. */
const nextStep = ({ request_id, progress, errors_csv, failures }: RequestSummary, { command }: Commands): string => {
  const { failed, total, done } = progress;
  const lines = [`Next: ${command(`download ${request_id}`)} fetches the result files.`];
  if (total > done) {
    const left = total - done;
    const kind = left === failed ? 'failed' : 'missing';
    const which = left === 1 ? `the ${kind} image` : `the ${formatCount(left)} ${kind} images`;
    const passing = failures.some(({ code }) => Object.hasOwn(ERRORS, code) && ERRORS[code].retryable);
    const hint = passing ? ' (worth it: some of these failures may be over soon)' : '';
    lines.push(`${command(`retry ${request_id}`)} tries only ${which} again${hint}.`);
  }
  if (errors_csv !== null) lines.push('Or correct the rows in the errors CSV and submit that file.');
  return lines.join('\n');
};
