/** The settings table: the one place that knows the names, meanings and defaults of the environment variables. */
import { LOG_LEVELS, type LogLevel } from '../core/log.ts';
import { parseAllowList } from '../fetch/allow-list.ts';
import { MAIL_FROM_FORM, parseMailFrom } from '../notify/mail-from.ts';
import { parseSmtpUrl, SMTP_URL_FORM } from '../notify/smtp-url.ts';
import { parseWebhookSecrets, WEBHOOK_SECRET_FORM } from '../notify/webhook-secrets.ts';
import { parseStorageUrl, STORAGE_URL_FORM } from '../store/storage-url.ts';

/** A key of `HALVE_API_KEYS`. */
export interface ApiKey {
  readonly name: string;
  readonly key: string;
}

/** A setting's text is not what it should be; the message says what was expected. */
export class SettingFault extends Error {}

export interface Setting<T> {
  /** Environment variable. */
  readonly name: string;
  /** Text of the default as documentation shows it. */
  readonly fallback: string;
  readonly help: string;
  /** @throws SettingFault "expected …" */
  readonly parse: (text: string) => T;
  /** The value is never shown. */
  readonly secret?: boolean;
}

const setting = <T>(entry: Setting<T>): Setting<T> => entry;

const expected = (what: string): never => {
  throw new SettingFault(`expected ${what}`);
};

const integer =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : expected(`a whole number from ${min} to ${max}`);
  };

const optional =
  <T>(parse: (text: string) => T) =>
  (text: string): T | null =>
    text === '' ? null : parse(text);

/** Unset is null; a parser of another room answers null for what it does not take. */
const optionalForm =
  <T>(parse: (text: string) => T | null, form: string) =>
  (text: string): T | null =>
    text === '' ? null : (parse(text) ?? expected(form));

const publicUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === null || !web || url.search !== '' || url.hash !== '')
    return expected('an http(s) address without ? and #');
  return url.href.replace(/\/+$/, '');
};

/** Shorter keys can be guessed in time; 16 characters of random text cannot. */
const MIN_KEY_LENGTH = 16;

const apiKeys = (text: string): readonly ApiKey[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([A-Za-z0-9_.-]{1,64}):(\S+)$/.exec(part);
      if (match?.[1] === undefined || match[2] === undefined || match[2].length < MIN_KEY_LENGTH) {
        return expected(`name:key pairs separated by commas, each key at least ${MIN_KEY_LENGTH} characters`);
      }
      return { name: match[1], key: match[2] };
    });

const allowHosts = (text: string): string => {
  try {
    parseAllowList(text);
  } catch (error) {
    throw new SettingFault(error instanceof Error ? error.message : 'expected hosts, CIDRs or host:port');
  }
  return text;
};

const notYet =
  (what: string) =>
  (text: string): null =>
    text === '' ? null : expected(`nothing: ${what} is not part of this version yet`);

export const SETTINGS = {
  host: setting({ name: 'HOST', fallback: '127.0.0.1', help: 'Address to listen on.', parse: (text) => text }),
  port: setting({
    name: 'PORT',
    fallback: '3000',
    help: 'Port to listen on; 0 picks a free one.',
    parse: integer(0, 65_535),
  }),
  databaseUrl: setting({
    name: 'DATABASE_URL',
    fallback: '',
    help: 'Unset: SQLite in the data folder.',
    parse: notYet('another database than SQLite'),
  }),
  dataDir: setting({
    name: 'HALVE_DATA_DIR',
    fallback: './data',
    help: 'Folder of the database, the uploads and, by default, the images.',
    parse: (text) => text,
  }),
  storageUrl: setting({
    name: 'HALVE_STORAGE_URL',
    fallback: '',
    help: `Unset: images and CSV files in the data folder. ${STORAGE_URL_FORM}; credentials from the usual AWS variables. See docs/storage.md.`,
    parse: optionalForm(parseStorageUrl, STORAGE_URL_FORM),
  }),
  publicUrl: setting({
    name: 'HALVE_PUBLIC_URL',
    fallback: '',
    help: 'Address under which others reach this service; begins the links in the output CSV. Unset: http://HOST:PORT.',
    parse: optional(publicUrl),
  }),
  apiKeys: setting({
    name: 'HALVE_API_KEYS',
    fallback: '',
    help: 'name:key,name:key; needed as soon as HOST is not a loopback address.',
    parse: apiKeys,
    secret: true,
  }),
  webhookSecrets: setting({
    name: 'HALVE_WEBHOOK_SECRET',
    fallback: '',
    help: `${WEBHOOK_SECRET_FORM}; several, newest first, while one is being replaced. Unset: one is made and kept in the data folder (halve webhook secret shows it).`,
    parse: optionalForm(parseWebhookSecrets, WEBHOOK_SECRET_FORM),
    secret: true,
  }),
  smtp: setting({
    name: 'HALVE_SMTP_URL',
    fallback: '',
    help: `Mail server: ${SMTP_URL_FORM}; ?tls=optional allows unencrypted mail. Unset: no e-mails.`,
    parse: optionalForm(parseSmtpUrl, SMTP_URL_FORM),
    secret: true,
  }),
  mailFrom: setting({
    name: 'HALVE_MAIL_FROM',
    fallback: '',
    help: `Sender of e-mails: ${MAIL_FROM_FORM}; needed with HALVE_SMTP_URL.`,
    parse: optionalForm(parseMailFrom, MAIL_FROM_FORM),
  }),
  processorUrl: setting({
    name: 'HALVE_PROCESSOR_URL',
    fallback: '',
    help: 'Outside image processor (docs/processor.md): `halve serve` posts chunks of images there, signed, instead of compressing them itself. `halve run` takes no notice of it.',
    parse: optional(publicUrl),
  }),
  processorTimeoutMs: setting({
    name: 'HALVE_PROCESSOR_TIMEOUT',
    fallback: '300',
    help: 'Seconds the outside processor has for a chunk of images before they are posted again.',
    parse: (text) => integer(1, 86_400)(text) * 1_000,
  }),
  allowHosts: setting({
    name: 'HALVE_ALLOW_HOSTS',
    fallback: '',
    help: 'Hosts, CIDRs and host:port that may be fetched and called although they are private or use an odd port.',
    parse: allowHosts,
  }),
  workers: setting({
    name: 'HALVE_WORKERS',
    fallback: '',
    help: 'Presses (child processes that compress). Unset: one for each core.',
    parse: optional(integer(1, 256)),
  }),
  logLevel: setting<LogLevel>({
    name: 'LOG_LEVEL',
    fallback: 'info',
    help: `How much is logged: ${LOG_LEVELS.join(', ')}.`,
    parse: (text) => LOG_LEVELS.find((level) => level === text) ?? expected(`one of ${LOG_LEVELS.join(', ')}`),
  }),
} as const;

type Table = typeof SETTINGS;
/** The settings of one run, checked and frozen. */
export type Settings = { readonly [K in keyof Table]: ReturnType<Table[K]['parse']> };
