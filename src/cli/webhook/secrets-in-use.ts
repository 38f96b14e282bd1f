import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadSettings } from '../../config/load-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { AppError } from '../../core/errors.ts';
import { KEPT_SECRET_FILE, keptWebhookSecrets } from '../../notify/kept-secret.ts';
import type { Terminal } from '../terminal.ts';

export interface SecretsInUse {
  /** Newest first. */
  readonly secrets: readonly string[];
  /** Where they come from: a setting or a file. */
  readonly source: string;
  /** There were none before. */
  readonly made: boolean;
  readonly settings: Settings;
}

/**
 * The secrets a service with these settings signs with. Where there is none yet, `make` decides: one is made and kept, as
 * the service would do it, or that is an error, because a new one would fit nothing.
 * @throws AppError `invalid_settings`
 */
export const secretsInUse = async (
  { environment }: Pick<Terminal, 'environment'>,
  { make }: { readonly make: boolean },
): Promise<SecretsInUse> => {
  const settings = loadSettings(environment);
  const { webhookSecrets } = settings;
  if (webhookSecrets !== null) {
    return { secrets: webhookSecrets, source: 'HALVE_WEBHOOK_SECRET', made: false, settings };
  }
  const dataDir = resolve(settings.dataDir);
  const source = join(dataDir, KEPT_SECRET_FILE);
  const made = !(await exists(source));
  if (made && !make) {
    const detail = `There is no webhook secret here: HALVE_WEBHOOK_SECRET is not set, and there is no ${source}. Take the one of the server; there: halve webhook secret`;
    throw new AppError('invalid_settings', { detail });
  }
  return { secrets: await keptWebhookSecrets(dataDir), source, made, settings };
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};
