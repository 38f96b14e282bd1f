/** Messages to `/webhook-completed`, signed by the `standardwebhooks` package as a stranger's program would. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

export const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;

export interface Signing {
  readonly id?: string;
  readonly secret?: string;
  /** When it says it was signed. */
  readonly at?: Date;
}

export const newMessageId = (): string => `msg_${randomUUID().replaceAll('-', '')}`;

export const signatureHeaders = (body: string, signing: Signing = {}): Record<string, string> => {
  const { id = newMessageId(), secret = SECRET, at = new Date() } = signing;
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
};

/** Signs and posts; a message that is not text is sent as JSON. */
export const sendMessage = (serviceUrl: string, message: unknown, signing: Signing = {}): Promise<Response> => {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return fetch(`${serviceUrl}/webhook-completed`, { method: 'POST', body, headers: signatureHeaders(body, signing) });
};

/** What was answered with 200. @throws Error with the answer for anything else */
export const takenAnswer = async (answer: Response | Promise<Response>): Promise<Record<string, unknown>> => {
  const response = await answer;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
};
