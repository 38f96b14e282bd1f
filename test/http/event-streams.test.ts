import assert from 'node:assert/strict';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { addCounts } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { catalogue } from '../helpers/catalogues.ts';
import { type EventClient, openEvents, untilNoStreams } from '../helpers/event-client.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

/** A request that moves only when a test says so. */
const submitStill = async (server: TestServer, images = 3) => {
  const urls = Array.from({ length: images }, (_, i) => [`https://img.example/${i}.jpg`]);
  const request = await server.submit(catalogue(...urls), { start: 'manual' });
  return { request, url: `${server.url}/status/${request.id}/events` };
};

/** Settles an image as the recorder does: in the database first, then told. */
const settle = async ({ engine }: TestServer, { rid }: RequestRow): Promise<void> => {
  const add = { done: 1, failed: 0, bytesIn: 100, bytesOut: 40, openRetries: 0 };
  const row = await engine.database.write.transaction().execute((trx) => addCounts(trx, rid, add));
  assert.ok(row);
  engine.events.emit('change', row);
};

const doneOf = ({ data }: { data: string }): number =>
  (JSON.parse(data) as { progress: { done: number } }).progress.done;

test('a stream in which nothing happens shows that it lives', async (t) => {
  const server = await startTestServer(t, { limits: { streamHeartbeatMs: 5, idleSocketMs: 40 } });
  const { url } = await submitStill(server);
  const client = await openEvents(t, url);
  // Many times longer than a silent connection is kept.
  await client.until(({ comments }) => comments.length >= 40);
  assert.deepEqual(
    client.events.map(({ event }) => event),
    ['snapshot'],
  );
  client.close();
  await untilNoStreams(server);
});

test('a request that changes all the time is told at the pace that was set', async (t) => {
  const server = await startTestServer(t, { limits: { streamEventMs: 200 } });
  const { request, url } = await submitStill(server, 400);
  const client = await openEvents(t, url);
  const snapshot = await client.event('snapshot');
  for (let n = 0; n < 400; n += 1) {
    await settle(server, request);
    await new Promise(setImmediate);
  }
  await client.until(({ events }) => events.some((one) => doneOf(one) === 400));
  const gaps = client.events.slice(1).map(({ at }, i) => at - (client.events[i] ?? snapshot).at);
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1_000;
  // By the client's clock two of them may come a little closer to each other than they were sent.
  assert.ok(gaps.length <= Math.ceil(seconds * 5) + 1, `${gaps.length} events in ${seconds} s`);
  assert.ok(gaps.length < 400 / 4, `${gaps.length} events`);
});

test('what people do with a request is told when they do it', async (t) => {
  // Nobody looks by himself.
  const server = await startTestServer(t, { limits: { streamEventMs: 10, streamIdleMs: 3_600_000 } });
  const { request, url } = await submitStill(server);
  const client = await openEvents(t, url);
  await client.event('snapshot');
  // Only behind this one is the look at the request that follows every joining.
  await settle(server, request);
  await client.until(({ events }) => events.some((one) => doneOf(one) === 1));
  const shows = (status: string): Promise<void> =>
    client.until(({ events }) => events.some(({ data }) => data.includes(`"status":"${status}"`)));
  for (const [path, status] of [
    ['process', 'PROCESSING'],
    ['cancel', 'CANCELLED'],
  ] as const) {
    await fetch(`${server.url}/${path}/${request.id}`, { method: 'POST' });
    await shows(status);
  }
  await fetch(`${server.url}/requests/${request.id}`, { method: 'DELETE' });
  assert.equal(await client.ended, true);
});

test('there are only so many streams, and the next one is told to ask instead', async (t) => {
  const server = await startTestServer(t, {
    limits: { maxStreams: 3 },
    engine: { webhookSecrets: [newWebhookSecret()] },
  });
  const { request, url } = await submitStill(server);
  const clients = await Promise.all([url, url, `${server.url}/webhook/events`].map((one) => openEvents(t, one)));
  for (const one of [url, `${server.url}/webhook/events`]) {
    const refused = await fetch(one);
    assert.equal(refused.headers.get('retry-after'), '5');
    assertProblem(await answerOf(refused), 'too_many_streams');
  }
  assert.equal((await fetch(`${server.url}/status/${request.id}`)).status, 200);
  clients[0]?.close();
  while (server.server.live.streams.size === 3) await new Promise(setImmediate);
  assert.equal((await openEvents(t, url)).status, 200);
});

test('clients that go are forgotten, in whatever way they go', async (t) => {
  const server = await startTestServer(t);
  const { url } = await submitStill(server);
  const ways: ((client: EventClient) => void)[] = [
    ({ close }) => close(),
    ({ response }) => response.socket.resetAndDestroy(),
    ({ response }) => response.socket.end(),
  ];
  for (const leave of ways) {
    const clients = await Promise.all(Array.from({ length: 5 }, () => openEvents(t, url)));
    assert.deepEqual([server.server.live.streams.size, server.server.live.statuses.size], [5, 1]);
    for (const client of clients) leave(client);
    await untilNoStreams(server);
  }
  // And one that is gone before its answer.
  for (let i = 0; i < 20; i += 1) {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /status/${new URL(url).pathname.split('/')[2]}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.once('connect', () => socket.resetAndDestroy());
    await new Promise((resolve) => socket.once('close', resolve));
  }
  const last = await openEvents(t, url);
  await last.event('snapshot');
  last.close();
  await untilNoStreams(server);
});

test('a stopping server ends its streams and does not wait for them', async (t) => {
  const server = await startTestServer(t, {
    limits: { graceMs: 60_000 },
    engine: { webhookSecrets: [newWebhookSecret()] },
  });
  const { url } = await submitStill(server);
  const clients = await Promise.all([url, url, `${server.url}/webhook/events`].map((one) => openEvents(t, one)));
  await clients[0]?.event('snapshot');
  const before = performance.now();
  await server.server.stop();
  assert.ok(performance.now() - before < 3_000, 'it waited');
  assert.deepEqual(await Promise.all(clients.map(({ ended }) => ended)), [true, true, true]);
  await untilNoStreams(server);
});

/** A proxy that passes every byte on as it comes, and tells nothing of it. */
const startProxy = async (t: TestContext, target: number): Promise<number> => {
  const proxy = createHttpServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const passed = { ...headers, connection: 'close' };
    const call = httpRequest({ host: '127.0.0.1', port: target, method, path: url, headers: passed, agent: false });
    call.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    outgoing.once('close', () => call.destroy());
    call.end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return (proxy.address() as AddressInfo).port;
};

test('through a proxy every event arrives when it is sent, and the end is an end', async (t) => {
  const server = await startTestServer(t, { limits: { streamEventMs: 10 } });
  const { request, url } = await submitStill(server);
  const port = await startProxy(t, server.port);
  const throughProxy = url.replace(/:\d+/, `:${port}`);
  const client = await openEvents(t, throughProxy);
  await client.event('snapshot');
  for (let done = 1; done <= 3; done += 1) {
    await settle(server, request);
    // The next change is made only when this one has arrived.
    await client.until(({ events }) => events.some((one) => doneOf(one) === done));
  }
  assert.equal((await fetch(throughProxy, { method: 'HEAD' })).status, 200);
  await fetch(`${server.url}/requests/${request.id}`, { method: 'DELETE' });
  assert.equal(await client.ended, true);
  const gone = await openEvents(t, throughProxy);
  assert.equal(gone.status, 404);
});

test('a client that goes away behind a proxy is forgotten', async (t) => {
  const server = await startTestServer(t);
  const { url } = await submitStill(server);
  const port = await startProxy(t, server.port);
  const client = await openEvents(t, url.replace(/:\d+/, `:${port}`));
  await client.event('snapshot');
  client.close();
  await untilNoStreams(server);
});

test('old proxies that speak HTTP/1.0 get the stream too', async (t) => {
  const server = await startTestServer(t);
  const { request } = await submitStill(server);
  const socket = connect(server.port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET /status/${request.id}/events HTTP/1.0\r\n\r\n`);
  let text = '';
  for await (const piece of socket) {
    text += String(piece);
    if (text.includes('event: snapshot') && text.endsWith('\n\n')) break;
  }
  assert.match(text, /^HTTP\/1\.1 200 /);
  assert.doesNotMatch(text, /transfer-encoding/i);
  assert.match(text, /\r\n\r\nretry: 3000\nevent: snapshot\nid: [\w-]+\ndata: \{/);
});
