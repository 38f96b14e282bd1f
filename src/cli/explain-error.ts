import { ApiProblem } from '../client/api-problem.ts';
import { AppError, ERRORS, type ErrorCode } from '../core/errors.ts';
import { printable } from '../core/format.ts';

/** Faults of one file printed at most: as many as a server tells; the rest is in the count. */
const MAX_LISTED = 100;

/** Advice where that of the error table is for callers of the API. */
const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_rows: 'Correct the rows listed, or leave them out with --on-invalid skip.',
  unauthorized: 'Set HALVE_API_KEY to one of the keys in the HALVE_API_KEYS of the server: the part behind the colon.',
  request_not_found: 'Check the request id and the server; the request may have been deleted.',
  request_running: 'See how far it is with: halve status REQUEST_ID --watch',
  request_finished: 'There is nothing to stop. See its result with: halve status REQUEST_ID',
  invalid_signature:
    'Set HALVE_WEBHOOK_SECRET to the secret of that server (there: halve webhook secret), and compare the clocks.',
  idempotency_key_reused: 'Use another --idempotency-key, or none, for another file or other options.',
};

/** Errors whose message says already what to do. */
const SELF_EXPLAINING: readonly ErrorCode[] = ['invalid_option'];

/** What went wrong and what to do, as lines for a person. */
export const explainError = (thrown: unknown): string => {
  if (!(thrown instanceof AppError)) {
    return `Something unexpected went wrong: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`;
  }
  const lines = [thrown.message, ...faultLines(thrown)];
  if (!SELF_EXPLAINING.includes(thrown.code)) lines.push(adviceOf(thrown));
  return `${lines.join('\n')}\n`;
};

/** A newer server may know what this version does not. */
const adviceOf = (error: AppError): string =>
  ADVICE[error.code] ?? (error instanceof ApiProblem ? error.problem.advice : ERRORS[error.code].advice);

/** What is read of the faults of a file; they come from this process or from a server. */
interface ListedFault {
  readonly detail?: unknown;
  readonly line?: unknown;
  readonly column?: unknown;
}

const faultLines = (error: AppError): string[] => {
  if (error.code !== 'invalid_rows') return [];
  const faults: unknown = error.extras?.errors;
  if (!Array.isArray(faults)) return [];
  const lines = faults.slice(0, MAX_LISTED).map((fault: ListedFault) => `  ${faultLine(fault)}`);
  const total = Number(error.extras?.total_errors ?? faults.length);
  if (total > lines.length) lines.push(`  … and ${total - lines.length} more`);
  return lines;
};

const faultLine = ({ detail, line, column }: ListedFault): string => {
  const place = [
    ...(typeof line === 'number' ? [`line ${line}`] : []),
    ...(typeof column === 'string' ? [printable(column, 40)] : []),
  ].join(', ');
  const text = printable(String(detail), 300);
  return place === '' ? text : `${place}: ${text}`;
};
