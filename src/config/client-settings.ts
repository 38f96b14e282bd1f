/** The settings of the commands that talk to a server (`halve submit`, `status`, …), wherever they run. */
import { type Setting, SettingFault } from './settings.ts';

/**
 * The address of a server, without a slash at its end; a path in front of the API is kept.
 * @throws SettingFault
 */
export const parseServerUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new SettingFault('expected the address of a Halve server, such as http://127.0.0.1:3000');
  }
  if (url.username !== '' || url.password !== '') {
    throw new SettingFault('expected an address without user and password; a key goes into HALVE_API_KEY');
  }
  return url.href.replace(/\/+$/, '');
};

const parseApiKey = (text: string): string | null => {
  if (text === '') return null;
  // What a header can carry (RFC 9110, 5.5).
  if (/^[!-~]+$/.test(text)) return text;
  throw new SettingFault('expected a key without spaces and other than ASCII letters');
};

const server: Setting<string> = {
  name: 'HALVE_URL',
  fallback: 'http://127.0.0.1:3000',
  help: 'Server that is talked to; --server names another one.',
  parse: parseServerUrl,
};
const apiKey: Setting<string | null> = {
  name: 'HALVE_API_KEY',
  fallback: '',
  help: 'Key for that server: one of its HALVE_API_KEYS, the part behind the colon. There is no flag for it, because others on the same machine can see flags.',
  parse: parseApiKey,
  secret: true,
};

export const CLIENT_SETTINGS = { server, apiKey } as const;

export type ClientSettings = {
  readonly [K in keyof typeof CLIENT_SETTINGS]: ReturnType<(typeof CLIENT_SETTINGS)[K]['parse']>;
};
