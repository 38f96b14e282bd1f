/** HALVE_MAIL_FROM: `halve@example.com` or `Halve <halve@example.com>`. */
import { isEmailAddress } from '../core/email-address.ts';

export interface MailFrom {
  /** Shown beside the address; empty for none. */
  readonly name: string;
  readonly address: string;
}

export const MAIL_FROM_FORM = 'halve@example.com or Halve <halve@example.com>';

/** @returns null when the text is no sender */
export const parseMailFrom = (text: string): MailFrom | null => {
  const [, name = '', bracketed] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(text) ?? [];
  const address = bracketed ?? text;
  if (!isEmailAddress(address)) return null;
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address };
};
