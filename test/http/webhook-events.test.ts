import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { openEvents } from '../helpers/event-client.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

interface Announced {
  headers: Record<string, string>;
  body: string;
}

const announcedIn = ({ data }: { data: string }): Announced => JSON.parse(data) as Announced;

test('whoever listens gets the webhook of every request that ends, signed with every secret', async (t) => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  const server = await startTestServer(t, { working: true, engine: { webhookSecrets: secrets } });
  const listeners = await Promise.all(
    ['/webhook/events', '/api/webhook/events/'].map((path) => openEvents(t, server.url + path)),
  );
  for (const { until } of listeners) await until(({ comments }) => comments.includes('listening'));
  // Neither of them asked for a webhook.
  const ended = [await server.submit(SMALL, { start: 'manual' }), await server.submit(SMALL, { start: 'manual' })];
  for (const { id } of ended) await server.engine.requests.cancel(id);
  for (const { until, events } of listeners) {
    await until(() => events.length === 2);
    const ids = new Set<string>();
    for (const one of events) {
      assert.equal(one.event, 'announcement');
      const { headers, body } = announcedIn(one);
      assert.deepEqual(Object.keys(headers).sort(), ['webhook-id', 'webhook-signature', 'webhook-timestamp']);
      assert.equal(headers['webhook-id'], one.id);
      for (const secret of secrets) {
        const verified = new Webhook(secret).verify(body, headers) as Record<string, unknown>;
        assert.equal(verified.type, 'request.cancelled');
        ids.add(String(verified.request_id));
      }
    }
    assert.deepEqual(ids, new Set(ended.map(({ id }) => id)));
  }
});

test('a listener that does not read is dropped, the others miss nothing', async (t) => {
  const server = await startTestServer(t, {
    // No heartbeat comes to find it out.
    limits: { streamHeartbeatMs: 3_600_000 },
    engine: { webhookSecrets: [newWebhookSecret()] },
  });
  const reader = await openEvents(t, `${server.url}/webhook/events`);
  const sleeper = connect(server.port, '127.0.0.1');
  t.after(() => sleeper.destroy());
  sleeper.on('error', () => {});
  sleeper.pause();
  sleeper.write('GET /webhook/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { streams } = server.server.live;
  while (streams.size < 2) await new Promise(setImmediate);
  let sent = 0;
  const body = JSON.stringify({ padding: 'x'.repeat(18_000) });
  while (streams.size === 2) {
    server.engine.events.emit('announced', { id: `msg_${sent}`, body });
    sent += 1;
    await reader.until(({ events }) => events.length === sent);
    assert.ok(sent < 2_000, 'far more is kept for it than the system and we together should');
  }
  assert.deepEqual([streams.size, server.server.live.announcements.size], [1, 1]);
  server.engine.events.emit('announced', { id: 'msg_last', body });
  await reader.until(({ events }) => events.length === sent + 1);
});

test('a client that never reads is given up on at a heartbeat', async (t) => {
  const server = await startTestServer(t, {
    limits: { streamHeartbeatMs: 20 },
    engine: { webhookSecrets: [newWebhookSecret()] },
  });
  const sleeper = connect(server.port, '127.0.0.1');
  t.after(() => sleeper.destroy());
  sleeper.on('error', () => {});
  sleeper.pause();
  sleeper.write('GET /webhook/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { streams } = server.server.live;
  while (streams.size < 1) await new Promise(setImmediate);
  // More than the system buffers; nothing comes behind it that could find the buffer full.
  server.engine.events.emit('announced', { id: 'msg_1', body: 'x'.repeat(20_000_000) });
  while (streams.size > 0) await new Promise(setImmediate);
});

test('without a secret there are no webhooks to listen to', async (t) => {
  const server = await startTestServer(t);
  assertProblem(await answerOf(await fetch(`${server.url}/webhook/events`)), 'not_ready');
});
