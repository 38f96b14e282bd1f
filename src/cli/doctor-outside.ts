import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { formatCounted } from '../core/format.ts';
import { keptWebhookSecrets } from '../notify/kept-secret.ts';
import { MailSender } from '../notify/mail-sender.ts';
import { signedHeaders } from '../notify/sign.ts';
import { USER_AGENT } from '../version.ts';
import { processorPoster } from '../work/processor-poster.ts';

export interface Check {
  readonly name: string;
  /** Answers what was found, or that there is nothing to check; throws when it is not good enough. */
  readonly run: (settings: Settings) => Promise<string | { readonly off: string }>;
}

/** What Halve talks to besides the shops: receivers, the mail server, an outside processor. */
export const OUTSIDE_CHECKS: readonly Check[] = [
  {
    name: 'Webhook secret',
    run: async ({ webhookSecrets, dataDir }) => {
      if (webhookSecrets !== null) return `${formatCounted(webhookSecrets.length, 'secret')} in HALVE_WEBHOOK_SECRET`;
      await keptWebhookSecrets(resolve(dataDir));
      return 'kept in the data folder (halve webhook secret prints it)';
    },
  },
  {
    name: 'Mail server',
    run: async ({ smtp, mailFrom }) => {
      if (smtp === null || mailFrom === null) return { off: 'HALVE_SMTP_URL is not set; no e-mails are sent' };
      const sender = new MailSender({ server: smtp, from: mailFrom });
      try {
        await sender.verify();
      } finally {
        await sender.close();
      }
      const login = smtp.login === null ? 'took the connection' : 'took the login';
      return `${smtp.host}:${smtp.port} ${login}; e-mails come from ${mailFrom.address}`;
    },
  },
  {
    name: 'Outside processor',
    run: async ({ processorUrl, webhookSecrets, dataDir }) => {
      if (processorUrl === null) return { off: 'HALVE_PROCESSOR_URL is not set; images are compressed here' };
      return askProcessor(processorUrl, webhookSecrets ?? (await keptWebhookSecrets(resolve(dataDir))));
    },
  },
];

/** A processor that knows only chunks of images refuses this one by its type, and does nothing. */
const askProcessor = async (url: string, secrets: readonly string[]): Promise<string> => {
  const poster = processorPoster(url, USER_AGENT);
  const body = JSON.stringify({ type: 'processor.test', images: [] });
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id, timestamp: new Date(), body, secrets }),
  };
  try {
    const { status, statusText } = await poster.post(url, { headers, body, signal: new AbortController().signal });
    const answer = `${status} ${statusText}`.trim();
    const fault = processorFault(status);
    if (fault !== null) throw new Error(`${url} answers ${answer}: ${fault}`);
    return `${url} can be reached, and took our signature (${answer})`;
  } finally {
    await poster.close();
  }
};

const processorFault = (status: number): string | null => {
  if (status === 401 || status === 403) return 'it does not take our signature; give it the same HALVE_WEBHOOK_SECRET';
  if (status === 404 || status === 405 || status === 410) return 'there is no processor at this address';
  if (status >= 300 && status <= 399) return 'redirects are not followed; use the address it leads to';
  return status >= 500 ? 'it has a fault of its own' : null;
};
