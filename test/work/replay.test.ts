import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoggedDelivery, markHandingOver } from '../../src/db/deliveries.ts';
import { parseSmtpUrl } from '../../src/notify/smtp-url.ts';
import { openOutbox } from '../helpers/open-outbox.ts';
import { hang } from '../helpers/origin-faults.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const only = (deliveries: readonly LoggedDelivery[]): LoggedDelivery => {
  assert.equal(deliveries.length, 1);
  const [delivery] = deliveries;
  assert.ok(delivery);
  return delivery;
};

test('a replay waits for the attempt that is under way, so that neither undoes what the other wrote down', async (t) => {
  const receiver = await startReceiver(t);
  const outbox = await openOutbox(t, { allow: receiver.host });
  const { request } = await outbox.announce({ webhookUrl: receiver.url });
  receiver.answer = () => hang();
  const stop = new AbortController();
  const [scheduled] = await outbox.queue.take('deliver', 1);
  assert.ok(scheduled);
  const hanging = outbox.deliverer.deliver(scheduled, stop.signal);
  await receiver.next();
  await outbox.replay(only(await outbox.deliveries(request)));
  const [replay] = await outbox.queue.take('deliver', 1);
  assert.ok(replay);
  receiver.answer = () => ({});
  assert.equal(await outbox.deliverer.deliver(replay, stop.signal), 1_000);
  stop.abort();
  await assert.rejects(hanging, /told to stop/);
  assert.equal(await outbox.deliverer.deliver(replay, new AbortController().signal), undefined);
  assert.equal(only(await outbox.deliveries(request)).delivery.state, 'DELIVERED');
});

test('a replay that was killed while the mail server took the mail is not made again by itself', async (t) => {
  // Nobody listens there; were the mail sent again, the attempt would say so.
  const smtp = parseSmtpUrl('smtp://127.0.0.1:1');
  assert.ok(smtp);
  const outbox = await openOutbox(t, { smtp });
  const { request } = await outbox.announce({ email: 'me@shop.example' });
  await outbox.deliverDue();
  const waiting = only(await outbox.deliveries(request));
  await outbox.replay(waiting);
  await outbox.database.write.transaction().execute((trx) => markHandingOver(trx, waiting.delivery.id, true));
  await outbox.deliverDue();
  const { delivery, attempts } = only(await outbox.deliveries(request));
  assert.match(attempts[1]?.result ?? '', /^unknown: the service was stopped/);
  assert.equal(delivery.handing_over, 0);
  // Whoever asks once more now gets it sent.
  await outbox.replay(waiting);
  await outbox.deliverDue();
  assert.match(only(await outbox.deliveries(request)).attempts[2]?.result ?? '', /could not be reached/);
});
