import { isIP } from 'node:net';
import { AppError } from '../core/errors.ts';
import { CLIENT_SETTINGS, type ClientSettings } from './client-settings.ts';
import { SETTINGS, type Setting, SettingFault, type Settings } from './settings.ts';

/** Environment variables and their texts. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks all settings. An empty variable counts as unset.
 * @throws AppError `invalid_settings` with every fault at once, each "NAME: expected X, got Y".
 */
export const loadSettings = (environment: Environment): Settings => {
  const { values, faults } = readTable(SETTINGS, environment);
  // Every key of the table was parsed by its own parser, or there is a fault and nobody sees the values.
  const settings = Object.freeze(values) as Settings;
  if (faults.length === 0) faults.push(...crossFaults(settings));
  refuse(faults);
  return settings;
};

/** The settings of the commands that talk to a server. @throws AppError `invalid_settings`, as {@link loadSettings} */
export const loadClientSettings = (environment: Environment): ClientSettings => {
  const { values, faults } = readTable(CLIENT_SETTINGS, environment);
  refuse(faults);
  return Object.freeze(values) as ClientSettings;
};

const readTable = (table: Readonly<Record<string, Setting<unknown>>>, environment: Environment) => {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    const text = environment[setting.name]?.trim() || setting.fallback;
    try {
      values[key] = setting.parse(text);
    } catch (error) {
      if (!(error instanceof SettingFault)) throw error;
      faults.push(`${setting.name}: ${error.message}${setting.secret === true ? '' : `, got "${text.slice(0, 200)}"`}`);
    }
  }
  return { values, faults };
};

const refuse = (faults: readonly string[]): void => {
  if (faults.length === 0) return;
  throw new AppError('invalid_settings', { detail: faults.join('\n'), extras: { errors: faults } });
};

const crossFaults = (settings: Settings): string[] => {
  const faults: string[] = [];
  if (!isLoopback(settings.host) && settings.apiKeys.length === 0) {
    faults.push(
      `HALVE_API_KEYS: expected at least one key because HOST is ${settings.host}, which others can reach, got none`,
    );
  }
  if (settings.smtp !== null && settings.mailFrom === null) {
    faults.push('HALVE_MAIL_FROM: expected the sender of the e-mails because HALVE_SMTP_URL is set, got none');
  }
  return faults;
};

/** Is this listening address out of reach for other machines? */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
