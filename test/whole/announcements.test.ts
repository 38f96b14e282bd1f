/** Webhooks and e-mails of the real service, started as a user starts it, and killed between its steps. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { fetchAsTold } from '../helpers/fetch-as-told.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';
import { hang } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { type Served, serve } from '../helpers/serve.ts';
import { freshFolder } from '../helpers/temp-folder.ts';
import { startReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Shop {
  readonly receiver: WebhookReceiver;
  readonly mails: MailServer;
  /** Starts the service on the same data folder, and answers where it listens. */
  readonly serve: () => Promise<Served>;
  /** Uploads two images, one of which does not exist. */
  readonly upload: (url: string, fields?: Record<string, string>) => Promise<string>;
}

const openShop = async (t: TestContext): Promise<Shop> => {
  const folder = await freshFolder(t);
  const origin = await startOrigin(t);
  const image = await encoded(picture({ width: 200, height: 150, kind: 'photo' }), 'jpeg', { quality: 95 });
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.byteLength }).end(image);
  });
  const receiver = await startReceiver(t);
  const mails = await startMailServer(t);
  const environment = {
    HALVE_DATA_DIR: folder,
    HALVE_ALLOW_HOSTS: `${origin.host},${receiver.host}`,
    HALVE_WEBHOOK_SECRET: SECRET,
    HALVE_SMTP_URL: mails.url,
    HALVE_MAIL_FROM: 'Halve <halve@shop.example>',
  };
  const csv = `Serial Number,Product Name,Input Image Urls\n1,Shoe,${origin.url}/p/1.jpg\n2,Boot,${origin.url}/gone.jpg\n`;
  return {
    receiver,
    mails,
    serve: () => serve(t, environment),
    upload: async (url, fields = {}) => {
      const form = new FormData();
      form.set('file', new File([csv], 'spring.csv', { type: 'text/csv' }));
      const all = { webhook_url: receiver.url, email: 'me@shop.example', ...fields };
      for (const [name, text] of Object.entries(all)) form.set(name, text);
      const answer = await fetchAsTold(url, '/upload', { method: 'POST', body: form });
      assert.equal(answer.status, 202, await answer.clone().text());
      const { request_id }: { request_id: string } = JSON.parse(await answer.text());
      return request_id;
    },
  };
};

interface Logged {
  readonly kind: string;
  readonly state: string;
  readonly id: string;
  readonly attempts: readonly { readonly result: string; readonly ok: boolean }[];
}

const deliveriesOf = async (url: string, requestId: string): Promise<Logged[]> => {
  const answer = await fetchAsTold(url, `/status/${requestId}`);
  const { deliveries }: { deliveries: Logged[] } = JSON.parse(await answer.text());
  return deliveries;
};

/** Asks until no delivery waits any more: what is waited for is written by another process. */
const settledDeliveries = async (url: string, requestId: string): Promise<Logged[]> => {
  for (;;) {
    const deliveries = await deliveriesOf(url, requestId);
    if (deliveries.length > 0 && deliveries.every(({ state }) => state !== 'PENDING')) return deliveries;
    await new Promise(setImmediate);
  }
};

test('a finished request sends one verified webhook and one mail with the output CSV', {
  timeout: 60_000,
}, async (t) => {
  const { serve, upload, receiver, mails } = await openShop(t);
  const { url } = await serve();
  const requestId = await upload(url);
  const message = await receiver.next();
  const event = new Webhook(SECRET).verify(message.body, { ...message.headers });
  assert.ok(typeof event === 'object' && event !== null);
  const { request_id, status, output_csv, done, failed } = event as Record<string, unknown>;
  assert.deepEqual([request_id, status, done, failed], [requestId, 'COMPLETED', 1, 1]);
  const mail = await mails.next();
  assert.equal(mail.parsed.subject, 'spring.csv: 1 of 2 rows needs you');
  assert.deepEqual(mail.to, ['me@shop.example']);
  const [attachment] = mail.parsed.attachments;
  const csv = await (await fetch(String(output_csv))).text();
  assert.equal(attachment?.filename, 'spring_output.csv');
  assert.equal(Buffer.from(attachment?.content as ArrayBuffer).toString(), csv);
  assert.ok(mail.parsed.text?.includes(String(output_csv)));
  const deliveries = await settledDeliveries(url, requestId);
  assert.deepEqual(deliveries.map(({ kind, state, attempts }) => [kind, state, attempts.length]).toSorted(), [
    ['email', 'DELIVERED', 1],
    ['webhook', 'DELIVERED', 1],
  ]);
  // A replay by hand: the same id again.
  const webhook = deliveries.find(({ kind }) => kind === 'webhook');
  const replay = await fetchAsTold(url, `/deliveries/${webhook?.id}/replay/`, { method: 'POST' });
  assert.equal(replay.status, 202);
  assert.equal((await receiver.next()).id, message.id);
  assert.equal((await fetchAsTold(url, '/deliveries/msg_none/replay', { method: 'POST' })).status, 404);
});

test('killed between completing and sending: both arrive after the restart, the mail once', {
  timeout: 60_000,
}, async (t) => {
  const { serve, upload, receiver, mails } = await openShop(t);
  mails.faults.push({ at: 'greeting', does: 'hang' });
  receiver.answer = () => hang();
  const first = await serve();
  const requestId = await upload(first.url);
  const before = await receiver.next();
  while (mails.faults.length > 0) await new Promise(setImmediate);
  await first.kill();
  receiver.answer = () => ({});
  const second = await serve();
  const after = await receiver.next();
  assert.deepEqual([after.id, after.body], [before.id, before.body]);
  await mails.next();
  const deliveries = await settledDeliveries(second.url, requestId);
  assert.deepEqual(
    deliveries.map(({ state, attempts }) => [state, attempts.length]),
    [
      ['DELIVERED', 1],
      ['DELIVERED', 1],
    ],
  );
  assert.equal(mails.received.length, 1);
  assert.equal(receiver.messages.length, 2);
});

test('killed while the mail server takes the message: it is not sent twice, and the log says so', {
  timeout: 60_000,
}, async (t) => {
  const { serve, upload, mails } = await openShop(t);
  mails.faults.push({ at: 'end', does: 'hang' });
  const first = await serve();
  const requestId = await upload(first.url);
  await mails.next();
  await first.kill();
  const second = await serve();
  const mail = (await settledDeliveries(second.url, requestId)).find(({ kind }) => kind === 'email');
  assert.equal(mail?.state, 'FAILED');
  assert.match(mail?.attempts[0]?.result ?? '', /^unknown: .*may have arrived/);
  assert.equal(mails.received.length, 1);
  await fetchAsTold(second.url, `/deliveries/${mail?.id}/replay`, { method: 'POST' });
  const again = await mails.next();
  assert.equal(again.parsed.messageId, mails.received[0]?.parsed.messageId);
});
