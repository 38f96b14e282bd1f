import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, systemCode } from '../core/errors.ts';
import { newWebhookSecret, parseWebhookSecrets } from './webhook-secrets.ts';

export const KEPT_SECRET_FILE = 'webhook-secret';

/**
 * The secrets a service without HALVE_WEBHOOK_SECRET signs with: made once and kept in the data folder, readable for
 * its user alone. Whoever replaces one writes the new one in front of it in the same file.
 * @throws AppError `invalid_settings` when the file holds something else
 */
export const keptWebhookSecrets = async (dataDir: string): Promise<readonly string[]> => {
  const path = join(dataDir, KEPT_SECRET_FILE);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(path, `${newWebhookSecret()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') {
      const detail = `The webhook secret cannot be kept in ${KEPT_SECRET_FILE} of the data folder; set HALVE_WEBHOOK_SECRET.`;
      throw new AppError('invalid_settings', { detail, cause: error });
    }
  }
  const secrets = parseWebhookSecrets(await readFile(path, 'utf8'));
  if (secrets !== null && secrets.length > 0) return secrets;
  throw new AppError('invalid_settings', {
    detail: `The file ${KEPT_SECRET_FILE} in the data folder holds no webhook secret.`,
  });
};
