import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_SECRET } from '../helpers/open-outbox.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const upload = (url: string, fields: Record<string, string>): Promise<Response> =>
  fetch(`${url}/upload?${new URLSearchParams(fields)}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: 'Serial Number,Product Name,Input Image Urls\n1,Shoe,https://shop.example/1.jpg\n',
  });

test('a webhook address that could never be called is refused at the upload, and nothing is stored', async (t) => {
  const { url, engine } = await startTestServer(t);
  for (const webhook_url of [
    'http://127.0.0.1/hook',
    'http://169.254.169.254/',
    'https://me:pw@shop.example/',
    'ftp://x',
  ]) {
    const problem = assertProblem(await answerOf(await upload(url, { webhook_url })), 'invalid_option');
    assert.match(String(problem.detail), /^webhook_url: /);
  }
  assert.equal(await engine.database.read.selectFrom('requests').selectAll().executeTakeFirst(), undefined);
  assert.equal((await upload(url, { webhook_url: 'https://shop.example/hook' })).status, 202);
});

test('an e-mail address without a mail server is taken, and the answer says that nothing will be sent', async (t) => {
  const { url } = await startTestServer(t);
  const answer: { hint: string | null } = JSON.parse(await (await upload(url, { email: 'me@shop.example' })).text());
  assert.match(answer.hint ?? '', /HALVE_SMTP_URL/);
});

test('a status lists its deliveries; each has its own address with the whole log, and can be replayed', async (t) => {
  const origin = await startOrigin(t);
  const receiver = await startReceiver(t);
  receiver.answer = (n) => ({ status: n === 1 ? 410 : 204 });
  const { url, finished, engine } = await startTestServer(t, {
    allow: `${origin.host},${receiver.host}`,
    working: true,
    engine: { webhookSecrets: [TEST_SECRET] },
  });
  const accepted = await upload(url, { webhook_url: receiver.url });
  const { request_id }: { request_id: string } = JSON.parse(await accepted.text());
  await finished(await engine.requests.get(request_id));
  await receiver.next();
  const log = async (): Promise<{ id: string; state: string; attempts: { ok: boolean; answer_code: number }[] }> => {
    const status = JSON.parse(await (await fetch(`${url}/status/${request_id}`)).text());
    assert.equal(status.deliveries.length, 1);
    const [delivery] = status.deliveries;
    const alone = await fetch(`${url}/deliveries/${delivery.id}`);
    assert.deepEqual(JSON.parse(await alone.text()), delivery);
    return delivery;
  };
  let delivery = await log();
  // The log is written a moment after the receiver has answered.
  while (delivery.attempts.length === 0) delivery = await log();
  assert.deepEqual([delivery.state, delivery.attempts[0]?.answer_code], ['FAILED', 410]);
  const replay = await fetch(`${url}/deliveries/${delivery.id}/replay`, { method: 'POST' });
  assert.equal(replay.status, 202);
  assert.equal((await receiver.next()).id, delivery.id);
  while (delivery.attempts.length === 1) delivery = await log();
  assert.deepEqual([delivery.state, delivery.attempts[1]?.ok], ['DELIVERED', true]);
});

test('an unknown delivery is a problem', async (t) => {
  const { url } = await startTestServer(t);
  assertProblem(await answerOf(await fetch(`${url}/deliveries/msg_none`)), 'delivery_not_found');
  const replay = await fetch(`${url}/deliveries/msg_none/replay`, { method: 'POST' });
  assertProblem(await answerOf(replay), 'delivery_not_found');
});
