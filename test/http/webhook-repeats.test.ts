import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { ABC, done, startInbound, statusOf } from '../helpers/inbound-service.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { newMessageId, sendMessage, takenAnswer } from '../helpers/signed-message.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MINUTE = 60_000;

test('the same message again gets the same answer and changes nothing; another body under its id is refused', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  const message = { request_id: id, images: [done('a'), done('q')] };
  const messageId = newMessageId();
  const first = await takenAnswer(sendMessage(server.url, message, { id: messageId }));
  let changes = 0;
  server.engine.events.on('change', () => {
    changes += 1;
  });
  const again = sendMessage(server.url, message, { id: messageId, at: new Date(Date.now() + MINUTE) });
  assert.deepEqual(await takenAnswer(again), first);
  const other = sendMessage(server.url, { ...message, images: [done('b')] }, { id: messageId });
  assertProblem(await answerOf(await other), 'message_reused');
  assert.equal((await statusOf(server.url, id)).progress.done, 2);
  // Under another id it is another message.
  assert.equal((await takenAnswer(sendMessage(server.url, message))).accepted, 0);
  assert.equal(changes, 0);
});

test('of identical messages that come at the same time one is done', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  const message = { request_id: id, images: [done('a', { bytes_in: 10, bytes_out: 5 })] };
  const messageId = newMessageId();
  const COUNT = 8;
  // While the writer is busy nothing can be written down, so all of them find that the message is new.
  const busy = Promise.withResolvers<void>();
  const writing = server.engine.database.write.transaction().execute(() => busy.promise);
  let read = 0;
  const allRead = new Promise<void>((resolve) => {
    server.server.app.server.on('request', (request: IncomingMessage) =>
      request.once('end', () => {
        read += 1;
        if (read === COUNT) resolve();
      }),
    );
  });
  const answers = Array.from({ length: COUNT }, () => takenAnswer(sendMessage(server.url, message, { id: messageId })));
  await allRead;
  // What follows the last byte of a message, up to the writer's door, takes a few turns of the loop.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  busy.resolve();
  await writing;
  for (const answer of await Promise.all(answers)) {
    assert.deepEqual(answer, { request_id: id, accepted: 1, ignored: [] });
  }
  const shown = await statusOf(server.url, id);
  assert.deepEqual([shown.progress.done, shown.bytes_in], [2, 20]);
});

test('ids are forgotten after a week', async (t) => {
  const clock = { now: Date.now() };
  const server = await startInbound(t, { engine: { now: () => clock.now } });
  const { id } = await server.submit(ABC, { start: 'manual' });
  const ids = [newMessageId(), newMessageId()];
  for (const messageId of ids) {
    await takenAnswer(sendMessage(server.url, { request_id: id, images: [done('x')] }, { id: messageId }));
  }
  clock.now += 7 * 24 * 60 * MINUTE + 1;
  const fresh = newMessageId();
  await takenAnswer(sendMessage(server.url, { request_id: id, images: [done('x')] }, { id: fresh }));
  const kept = await server.engine.database.read.selectFrom('inbound_messages').select('id').execute();
  assert.deepEqual(
    kept.map((row) => row.id),
    [fresh],
  );
});

test('the end of a finished request is announced again, once a message', async (t) => {
  const receiver = await startReceiver(t);
  const server = await startInbound(t, { working: true, allow: receiver.host });
  const request = await server.submit(ABC, { start: 'manual', webhook_url: receiver.url });
  const ask = { type: 'request.announce', request_id: request.id };
  assertProblem(await answerOf(await sendMessage(server.url, ask)), 'request_running');
  await takenAnswer(sendMessage(server.url, { request_id: request.id, images: ['a', 'b', 'c'].map((n) => done(n)) }));
  const first = await receiver.next();
  const messageId = newMessageId();
  assert.deepEqual(await takenAnswer(sendMessage(server.url, ask, { id: messageId })), {
    request_id: request.id,
    announced: 1,
  });
  const second = await receiver.next();
  assert.notEqual(second.id, first.id);
  assert.equal(second.body, first.body);
  assert.equal((await takenAnswer(sendMessage(server.url, ask, { id: messageId }))).announced, 1);
  // Without a type, too; and after it nothing else comes, so the repeated message was none.
  await takenAnswer(sendMessage(server.url, { request_id: request.id }));
  const third = await receiver.next();
  const ids = [first, second, third].map((one) => one.id);
  assert.deepEqual([new Set(ids).size, receiver.messages.length], [3, 3]);
});

test('our own announcement, sent here by mistake, does not go round for ever', async (t) => {
  const receiver = await startReceiver(t);
  const server = await startInbound(t, { working: true, allow: receiver.host });
  const request = await server.submit(ABC, { start: 'manual', webhook_url: receiver.url });
  await takenAnswer(sendMessage(server.url, { request_id: request.id, images: ['a', 'b', 'c'].map((n) => done(n)) }));
  const { body, headers } = await receiver.next();
  const { 'webhook-id': id = '', 'webhook-timestamp': at = '', 'webhook-signature': signature = '' } = headers;
  const response = await fetch(`${server.url}/webhook-completed`, {
    method: 'POST',
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature },
  });
  const problem = assertProblem(await answerOf(response), 'malformed_request');
  assert.match(String(problem.detail), /expected request.announce .* got "request.completed"/);
});
