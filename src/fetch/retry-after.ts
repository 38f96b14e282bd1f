/**
 * How long a `Retry-After` header (RFC 9110 section 10.2.3) asks to wait, in milliseconds; undefined without a usable
 * one. Both forms are read: seconds and an HTTP date. A date in the past means now.
 */
export const parseRetryAfter = (value: string | undefined, now: number): number | undefined => {
  const text = value?.trim() ?? '';
  // Nine digits are thirty years; more would only lose precision.
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Every HTTP date begins with the name of a day; Date.parse alone would take "-5" or "12" for a year.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};
