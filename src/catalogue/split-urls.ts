const SCHEME = /https?:\/\//gi;

const isSeparator = (code: number): boolean => code === 44 || code === 59 || code === 124;
/** Everything `trim` removes; the first test answers for nearly every character. */
const isSpace = (code: number): boolean => code <= 32 || (code > 127 && String.fromCharCode(code).trim() === '');

/**
 * Cuts a cell into its slots, one an image address, in order.
 *
 * Commas, semicolons and pipes are legal inside addresses (RFC 3986, section 2.2), so one of them, or white space,
 * separates only where `http://` or `https://` follows. Two separators in a row leave an empty slot (`''`), and so does
 * one at the beginning: slots are numbered as somebody counting commas would. Separators at the end leave none.
 */
export const splitUrls = (cell: string): string[] => {
  const text = cell.trim();
  const slots: string[] = [];
  let start = 0;
  SCHEME.lastIndex = 1;
  for (let match = SCHEME.exec(text); match !== null; match = SCHEME.exec(text)) {
    let end = match.index;
    let separators = 0;
    // Walking back stops at the last cut, so a cell of 64 kB of spaces costs one walk (a pattern would backtrack).
    while (end > start) {
      const code = text.charCodeAt(end - 1);
      if (isSeparator(code)) separators++;
      else if (!isSpace(code)) break;
      end--;
    }
    if (end === match.index) continue;
    slots.push(text.slice(start, end));
    for (let empty = 1; empty < separators; empty++) slots.push('');
    start = match.index;
  }
  const last = withoutTrailingSeparators(text, start);
  if (last !== '') slots.push(last);
  return slots;
};

const withoutTrailingSeparators = (text: string, start: number): string => {
  let end = text.length;
  while (end > start && (isSeparator(text.charCodeAt(end - 1)) || isSpace(text.charCodeAt(end - 1)))) end--;
  return text.slice(start, end);
};
