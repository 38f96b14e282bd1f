/** Quotes, separators of lists, and everything that is not printable ASCII. */
const UNSAFE = /[",;|]|[^!-~]/gu;

const percentEncode = (character: string): string =>
  Array.from(Buffer.from(character, 'utf8'), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/**
 * The text of an `Output Image Urls` cell: one place for each place of the input cell, separated by commas. A failed or
 * empty place has no text but keeps its comma, so that `split(',')` gives as many places for both cells and place *i*
 * belongs to place *i*, whatever failed. Commas, semicolons, pipes, quotes and spaces inside our addresses are
 * percent-encoded, so a comma always separates.
 * @param slots the places of the input cell, `''` where one is empty
 * @param outputs one entry for each address in `slots`, in order; null where the image failed; missing ones count as null
 */
export const outputCell = (slots: readonly string[], outputs: readonly (string | null)[]): string => {
  let next = 0;
  const places = slots.map((slot) => (slot === '' ? null : (outputs[next++] ?? null)));
  return places.map((url) => (url === null ? '' : url.replace(UNSAFE, percentEncode))).join(',');
};
