/** The one rule for e-mail addresses, for those users give and for the sender's. */

/** RFC 5321 section 4.5.3.1.3: a path has 256 characters with its angle brackets. */
const MAX_LENGTH = 254;

/**
 * A dot-atom (RFC 5322 section 3.2.3; letters and digits of all scripts by RFC 6531), an @, and a host name. Quoted
 * local parts, comments, lists, domain literals, and every character that could end a header or a command are refused
 * on purpose: they are where header injection and disputes between parsers live, and nobody's address needs them. So is
 * `=?`, which begins an encoded word (RFC 2047).
 */
const ADDRESS =
  /^(?=[^@]{1,64}@)(?!.*=\?)[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/u;

/** Is the text one address, and nothing else? */
export const isEmailAddress = (text: string): boolean => text.length <= MAX_LENGTH && ADDRESS.test(text);
