import { wrongUse } from '../parse-flags.ts';

/** An address the user typed. @throws AppError `invalid_option` unless it is an http(s) address */
export const webUrl = (command: string, text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  const hint = URL.canParse(`http://${text}`) ? ` Did you mean http://${text.slice(0, 200)}?` : '';
  throw wrongUse(command, `"${text.slice(0, 200)}" is not an http:// or https:// address.${hint}`);
};
