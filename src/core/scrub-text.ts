/** How much of one text goes into a line of the log; what a server or a library says may be a whole page. */
const MAX_LENGTH = 2_000;

/**
 * A text as it may stand in a log: addresses without what comes behind their host (names of files, signatures, tokens) and
 * without user names, no mailboxes, no keys, no secrets. What is left tells an operator which host it was about.
 */
export const scrubText = (text: string): string =>
  text
    .slice(0, MAX_LENGTH)
    // An apostrophe may be part of an address; better one character too many than a token too much.
    .replace(/https?:\/\/[^\s"<>]+/gi, originOf)
    // Mail servers repeat whom they refuse; also takes the password of smtp://user:password@host.
    .replace(/[^\s<>"@]{1,64}@([\w.-]+)/g, '…@$1')
    .replace(/\b(Bearer|Basic)\s+[\w+/=.~-]+/gi, '$1 …')
    .replace(/\bwhsec_[\w+/=]+/g, 'whsec_…');

const originOf = (address: string): string => {
  const { origin = null } = URL.parse(address) ?? {};
  if (origin === null) return 'https://…';
  return address.length > origin.length ? `${origin}/…` : origin;
};
