import { AppError, ERRORS } from '../core/errors.ts';

/** Faults of one file printed at most; the rest is in the count. */
const MAX_LISTED = 20;

/** What went wrong and what to do, as lines for a person. */
export const explainError = (thrown: unknown): string => {
  if (!(thrown instanceof AppError)) {
    return `Something unexpected went wrong: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`;
  }
  const lines = [thrown.message, ...faultLines(thrown)];
  const { advice } = ERRORS[thrown.code];
  if (thrown.code !== 'invalid_option') lines.push(advice);
  return `${lines.join('\n')}\n`;
};

const faultLines = (error: AppError): string[] => {
  if (error.code !== 'invalid_rows') return [];
  const faults: unknown = error.extras?.errors;
  if (!Array.isArray(faults)) return [];
  const lines = faults.slice(0, MAX_LISTED).map((fault: { readonly detail?: unknown }) => `  ${String(fault.detail)}`);
  const total = Number(error.extras?.total_errors ?? faults.length);
  if (total > lines.length) lines.push(`  … and ${total - lines.length} more`);
  return lines;
};
