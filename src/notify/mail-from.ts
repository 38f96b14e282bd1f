/** HALVE_MAIL_FROM: `halve@example.com` or `Halve <halve@example.com>`. */

export interface MailFrom {
  /** Shown beside the address; empty for none. */
  readonly name: string;
  readonly address: string;
}

export const MAIL_FROM_FORM = 'halve@example.com or Halve <halve@example.com>';

/** An address without quotes, comments or anything that could end a header. */
const ADDRESS = /^[^\s@"(),:;<>[\\\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** @returns null when the text is no sender */
export const parseMailFrom = (text: string): MailFrom | null => {
  const [, name = '', bracketed] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(text) ?? [];
  const address = bracketed ?? text;
  if (!ADDRESS.test(address)) return null;
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address };
};
