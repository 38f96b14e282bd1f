/** Numbers and texts as a person reads them; English, no locale, so that tests and screens agree everywhere. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Decimal units as in file managers and on hosting bills: `512 B`, `1.5 kB`, `31.2 MB`, `128 MB`. */
export const formatBytes = (bytes: number): string => {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.95 would be printed as 1000.0: it belongs to the next unit already.
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
};

/** `27,310`. */
export const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

/** `94 images`, `1 image`; the noun takes an s. */
export const formatCounted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** A share of 0–1 as whole percent. Never 100 before all is there, never 0 when something is. */
export const formatPercent = (share: number): string => {
  if (!(share > 0)) return '0 %';
  return `${share >= 1 ? Math.round(share * 100) : Math.min(99, Math.max(1, Math.round(share * 100)))} %`;
};

/**
 * A time still to come, as roughly as it is known: `a few seconds`, `about 25 s`, `about 2 min`, `about 3 h 20 min`,
 * `about 2 days`.
 */
export const formatTimeLeft = (seconds: number): string => {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 57.5) return `about ${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 90) return `about ${minutes} min`;
  const tens = Math.round(minutes / 10) * 10;
  if (tens < 48 * 60) return `about ${Math.floor(tens / 60)} h${tens % 60 === 0 ? '' : ` ${tens % 60} min`}`;
  return `about ${Math.round(minutes / 1440)} days`;
};

/** A time that has passed: `0.8 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export const formatElapsed = (seconds: number): string => {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
};

/** `12.4/s` below 100, whole above: digits that change with every image cannot be read. */
export const formatRate = (perSecond: number): string =>
  perSecond < 99.95 ? perSecond.toFixed(1) : formatCount(perSecond);

/**
 * Text from a stranger's file, safe on a terminal and at most `length` characters long: line breaks become spaces, and
 * the control characters that could move the cursor, and the invisible ones that could turn the text round, are dropped.
 */
export const printable = (text: string, length = 200): string => {
  const clean = text
    .replace(/(?!\s)\p{C}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = [...clean];
  return characters.length <= length ? clean : `${characters.slice(0, Math.max(0, length - 3)).join('')}...`;
};
