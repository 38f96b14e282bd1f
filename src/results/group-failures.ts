import { ERRORS, isImageErrorCode } from '../core/errors.ts';

/** How often one code (split by `detail`, for example 404 and 403) was counted in a request. */
export interface CountedFailure {
  readonly code: string;
  readonly detail: string;
  readonly count: number;
}

export interface FailureGroup {
  readonly code: string;
  readonly count: number;
  readonly message: string;
}

/** Different statuses named in one message at most; the rest is an ellipsis. */
const MAX_DETAILS = 8;

/** One entry a code, most frequent first; where a code was counted in groups, the message lists them. */
export const groupFailures = (counts: readonly CountedFailure[]): FailureGroup[] =>
  [...Map.groupBy(counts, ({ code }) => code)]
    .map(([code, groups]) => ({
      code,
      count: groups.reduce((sum, { count }) => sum + count, 0),
      message: failureMessage(code, groups),
    }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));

const failureMessage = (code: string, groups: readonly CountedFailure[]): string => {
  const message = isImageErrorCode(code) ? ERRORS[code].message : ERRORS.image_failed.message;
  const details = groups.filter(({ detail }) => detail !== '').map(({ detail, count }) => `${detail}: ${count}`);
  if (details.length === 0) return message;
  const listed = details.slice(0, MAX_DETAILS).join(', ') + (details.length > MAX_DETAILS ? ', …' : '');
  return `${message.replace(/\.$/, '')} (${listed}).`;
};
