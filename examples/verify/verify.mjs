// Verifies one webhook of Halve; see docs/webhooks.md. Node 18 or newer, nothing to install.
//
//   WEBHOOK_ID=… WEBHOOK_TIMESTAMP=… WEBHOOK_SIGNATURE=… WEBHOOK_SECRET=whsec_… node verify.mjs < body
//
// Ends with 0 if the message is genuine, otherwise with another code.

// --- copy from here ---
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * True if Halve sent this message, unchanged, within the last five minutes.
 * `body` is the raw body (Buffer or string), not parsed and written again; `secret` begins with whsec_.
 */
export function verifyWebhook(id, timestamp, signature, body, secret) {
  const key = Buffer.from(String(secret).replace(/^whsec_/, ''), 'base64');
  if (key.length < 24) throw new Error('the webhook secret is missing or too short');
  const age = Math.floor(Date.now() / 1000) - Number(timestamp);
  if (!id || !signature || !/^[0-9]{1,11}$/.test(timestamp) || Math.abs(age) > 300) return false;
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const expected = Buffer.from(`v1,${digest}`);
  // While a secret is replaced there are several signatures; one that fits is enough.
  return signature.split(' ').some((word) => {
    const given = Buffer.from(word);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
// --- to here ---

const { WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE, WEBHOOK_SECRET = '' } = process.env;
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const genuine = verifyWebhook(WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE, Buffer.concat(chunks), WEBHOOK_SECRET);
process.stdout.write(genuine ? 'genuine\n' : 'not genuine\n');
process.exitCode = genuine ? 0 : 1;
