/** Longer names only make lists unreadable. */
const MAX_LENGTH = 200;

/** Control characters, and the marks that turn the direction of text and so can make `exe.csv` out of `vsc.exe`. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A file name as it came with an upload, fit to be shown and to be offered for saving: its last part, without control
 * characters. It is never used as a path here. Null when nothing is left.
 */
export const displayName = (name: string | undefined): string | null => {
  if (name === undefined) return null;
  const last = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const clean = [...last.replaceAll(INVISIBLE, '').trim()].slice(0, MAX_LENGTH).join('');
  return /^\.*$/.test(clean) ? null : clean;
};
