import { AppError } from '../core/errors.ts';
import { parseOptions, type RequestOptions } from '../core/options.ts';
import type { HttpEngine } from './app-types.ts';

/**
 * The options of an upload. An address that could never be called is refused now, where somebody can correct it; what
 * its name leads to is judged again at every call.
 * @throws AppError `invalid_option` with every fault
 */
export const uploadOptions = (
  fields: Readonly<Record<string, string>>,
  { checkWebhookUrl }: Pick<HttpEngine, 'checkWebhookUrl'>,
): RequestOptions => {
  const options = parseOptions(fields);
  if (options.webhookUrl === null) return options;
  try {
    checkWebhookUrl(options.webhookUrl);
    return options;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const detail = `webhook_url: ${error.message}`;
    throw new AppError('invalid_option', {
      detail,
      extras: { errors: [{ option: 'webhook_url', detail }] },
      cause: error,
    });
  }
};

/** What is worth knowing at once about an accepted upload, or null. */
export const mailHint = ({ email }: Pick<RequestOptions, 'email'>, { mailIsOn }: Pick<HttpEngine, 'mailIsOn'>) =>
  email === null || mailIsOn ? null : 'No e-mail will be sent: this service has no mail server (HALVE_SMTP_URL).';
