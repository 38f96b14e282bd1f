import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { LoggedDelivery } from '../../src/db/deliveries.ts';
import { DELIVERY_DELAYS_MS } from '../../src/notify/retry-schedule.ts';
import { type OpenOutbox, openOutbox, TEST_SECRET } from '../helpers/open-outbox.ts';
import { hang } from '../helpers/origin-faults.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const only = (deliveries: readonly LoggedDelivery[]): LoggedDelivery => {
  assert.equal(deliveries.length, 1);
  const [delivery] = deliveries;
  assert.ok(delivery);
  return delivery;
};

const jobs = async ({ database }: OpenOutbox): Promise<number> =>
  (await database.read.selectFrom('jobs').selectAll().execute()).length;

test('an ended request is announced once, signed, with what the contract promises', async (t) => {
  const receiver = await startReceiver(t);
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request, announced } = await outbox.announce({ webhookUrl: receiver.url });
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'PENDING');
  assert.equal(await outbox.deliverDue(), 1);
  const message = await receiver.next();
  assert.equal(message.body, announced.body);
  assert.equal(message.id, announced.id);
  // The package looks at the real clock; ours stands still, so only the signature is asked about.
  assert.equal(
    new Webhook(TEST_SECRET).sign(message.id, new Date(Number(message.timestamp) * 1_000), message.body),
    message.signature,
  );
  assert.deepEqual(JSON.parse(message.body), {
    type: 'request.completed',
    timestamp: '2026-11-22T10:00:00.000Z',
    request_id: request.id,
    status: 'COMPLETED',
    message: 'Image processing completed successfully: all 2 images done. 4.0 kB became 1.9 kB.',
    output_csv: `https://halve.example/csvfile/${request.id}_output.csv`,
    errors_csv: null,
    status_url: `https://halve.example/status/${request.id}`,
    page_url: `https://halve.example/requests/${request.id}`,
    error: null,
    file_name: 'shoes.csv',
    total_rows: 2,
    total_products: 2,
    total_images: 2,
    done: 2,
    failed: 0,
    rows_to_correct: 0,
    bytes_in: 4_000,
    bytes_out: 1_900,
    saved_percent: 52.5,
    failures: [],
  });
  const { delivery, attempts } = only(await outbox.deliveries(request));
  assert.deepEqual([delivery.state, delivery.next_try_at, delivery.tries], ['DELIVERED', null, 1]);
  assert.deepEqual(
    attempts.map(({ n, at, ok, result, answer_code, by_hand }) => ({ n, at, ok, result, answer_code, by_hand })),
    [{ n: 1, at: outbox.clock.now, ok: 1, result: '200 OK', answer_code: 200, by_hand: 0 }],
  );
  assert.equal(await outbox.deliverDue(), 0);
  assert.equal(await jobs(outbox), 0);
});

test('a receiver that fails is tried ten times in three days, under the same id, and then left alone', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = () => ({ status: 503 });
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  const waits: number[] = [0];
  for (;;) {
    const before = outbox.clock.now;
    assert.equal(await outbox.deliverDue(), 1);
    const { delivery } = only(await outbox.deliveries(request));
    if (delivery.next_try_at === null) break;
    waits.push(delivery.next_try_at - before);
    // A moment too early, nothing happens.
    outbox.clock.now = delivery.next_try_at - 1;
    assert.equal(await outbox.deliverDue(), 0);
    outbox.clock.now = delivery.next_try_at;
  }
  assert.equal(waits.length, DELIVERY_DELAYS_MS.webhook.length);
  for (const [i, delay] of DELIVERY_DELAYS_MS.webhook.entries()) {
    const wait = waits[i] ?? Number.NaN;
    assert.ok(wait >= delay * 0.9 && wait <= delay * 1.1, `wait ${i} is ${wait}, not ${delay} ±10 %`);
  }
  const { delivery, attempts } = only(await outbox.deliveries(request));
  assert.equal(delivery.state, 'FAILED');
  assert.deepEqual(
    attempts.map(({ answer_code }) => answer_code),
    Array(10).fill(503),
  );
  assert.equal(new Set(receiver.messages.map(({ id }) => id)).size, 1);
  assert.equal(new Set(receiver.messages.map(({ timestamp }) => timestamp)).size, 10);
  assert.equal(await jobs(outbox), 0);
});

test('Retry-After is honoured when it is longer than the schedule', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '3600' } });
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(request)).delivery.next_try_at, outbox.clock.now + 3_600_000);
});

test('410 Gone closes the address for everybody until a replay succeeds', async (t) => {
  const receiver = await startReceiver(t);
  receiver.answer = () => ({ status: 410 });
  const outbox = await openOutbox(t, { allow: receiver.host });
  const first = await outbox.announce({ webhookUrl: receiver.url });
  const second = await outbox.announce({ webhookUrl: receiver.url });
  assert.equal(await outbox.deliverDue(), 2);
  const third = await outbox.announce({ webhookUrl: receiver.url });
  assert.equal(await outbox.deliverDue(), 0);
  assert.equal(receiver.messages.length, 1);
  assert.match(only(await outbox.deliveries(first.request)).attempts[0]?.result ?? '', /^410 Gone/);
  for (const { request } of [second, third]) {
    const { delivery, attempts } = only(await outbox.deliveries(request));
    assert.equal(delivery.state, 'FAILED');
    assert.match(attempts[0]?.result ?? '', /^not sent: the receiver answered 410 Gone/);
  }
  receiver.answer = () => ({});
  await outbox.replay(only(await outbox.deliveries(third.request)));
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(third.request)).delivery.state, 'DELIVERED');
  const fourth = await outbox.announce({ webhookUrl: receiver.url });
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(fourth.request)).delivery.state, 'DELIVERED');
});

test('a replay makes one attempt, whatever the schedule says, and spoils nothing when it fails', async (t) => {
  const receiver = await startReceiver(t);
  const outbox = await openOutbox(t, { allow: receiver.host });
  receiver.answer = () => ({ status: 500 });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  await outbox.deliverDue();
  const waiting = only(await outbox.deliveries(request));
  await outbox.replay(waiting);
  await outbox.deliverDue();
  const replayed = only(await outbox.deliveries(request));
  assert.deepEqual(replayed.delivery, waiting.delivery);
  assert.deepEqual(
    replayed.attempts.map(({ by_hand }) => by_hand),
    [0, 1],
  );
  receiver.answer = () => ({});
  await outbox.replay(replayed);
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'DELIVERED');
  // The attempt the schedule still had is not made.
  outbox.clock.now += 60_000;
  assert.equal(await outbox.deliverDue(), 1);
  assert.equal(receiver.messages.length, 3);
  receiver.answer = () => ({ status: 500 });
  await outbox.replay(replayed);
  await outbox.deliverDue();
  const last = only(await outbox.deliveries(request));
  assert.equal(last.delivery.state, 'DELIVERED');
  assert.equal(last.attempts.length, 4);
  assert.equal(new Set(receiver.messages.map(({ id }) => id)).size, 1);
});

test('a receiver that is away is found again', async (t) => {
  const receiver = await startReceiver(t);
  const outbox = await openOutbox(t, { allow: receiver.host });
  await receiver.die();
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  await outbox.deliverDue();
  const { delivery, attempts } = only(await outbox.deliveries(request));
  assert.equal(delivery.state, 'PENDING');
  assert.equal(attempts[0]?.answer_code, null);
  await receiver.revive();
  outbox.clock.now = delivery.next_try_at ?? 0;
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'DELIVERED');
});

test('a redirect is not followed, and an address that may not be called is given up at once', async (t) => {
  const receiver = await startReceiver(t);
  const other = await startReceiver(t);
  receiver.answer = () => ({ status: 302, headers: { location: other.url } });
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  const refused = await outbox.announce({ webhookUrl: other.url });
  await outbox.deliverDue();
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'PENDING');
  assert.equal(only(await outbox.deliveries(refused.request)).delivery.state, 'FAILED');
  assert.equal(other.totalConnections, 0);
});

test('a receiver that hangs does not hold up the others', async (t) => {
  const slow = await startReceiver(t);
  const quick = await startReceiver(t);
  slow.answer = () => hang();
  const outbox = await openOutbox(t, { allow: `${slow.host},${quick.host}` });
  for (let i = 0; i < 3; i += 1) await outbox.announce({ webhookUrl: slow.url });
  const { request } = await outbox.announce({ webhookUrl: quick.url });
  const stop = new AbortController();
  const taken = await outbox.queue.take('deliver', 10);
  const [first, second, third, fourth] = taken.map((job) => outbox.deliverer.deliver(job, stop.signal));
  const wait = await third;
  assert.ok(wait !== undefined && wait >= 1_000, `comes again after ${wait} ms`);
  assert.equal(await fourth, undefined);
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'DELIVERED');
  await Promise.all([slow.next(), slow.next()]);
  stop.abort();
  for (const hanging of [first, second]) await assert.rejects(async () => hanging, /told to stop/);
});

test('without a mail server an e-mail is written down as not sent, and says why', async (t) => {
  const outbox = await openOutbox(t, {});
  const { request, announced } = await outbox.announce({ email: 'me@shop.example' });
  assert.equal(announced.deliveries, 1);
  assert.equal(await outbox.deliverDue(), 0);
  const { delivery, attempts } = only(await outbox.deliveries(request));
  assert.deepEqual([delivery.kind, delivery.state], ['email', 'FAILED']);
  assert.match(attempts[0]?.result ?? '', /no mail server is set \(HALVE_SMTP_URL\)/);
});

test('nothing is sent for a request that was deleted meanwhile', async (t) => {
  const receiver = await startReceiver(t);
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  await outbox.database.write.deleteFrom('requests').where('rid', '=', request.rid).execute();
  assert.equal(await outbox.deliverDue(), 1);
  assert.equal(receiver.messages.length, 0);
  assert.equal(await jobs(outbox), 0);
});
