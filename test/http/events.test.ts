import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { EventSource } from 'undici';
import { DEFAULT_DOWNLOAD_LIMITS } from '../../src/fetch/download.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { catalogue, SMALL } from '../helpers/catalogues.ts';
import { type EventClient, openEvents, untilNoStreams } from '../helpers/event-client.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

/** Changes are told at once, or never: nobody looks for those that were not heard of. */
const TOLD = { streamEventMs: 20, streamIdleMs: 3_600_000 };

interface Shown {
  request_id: string;
  status: string;
  progress: { total: number; done: number; failed: number; percent: number };
  finished_at: string | null;
  output_csv: string | null;
  failures: { code: string; count: number }[];
}

const shown = ({ data }: { data: string }): Shown => JSON.parse(data) as Shown;

/** A request of `images` images that are served only when `release` is called, at a service that works. */
const startHeldRequest = async (t: TestContext, images: number) => {
  const origin = await startOrigin(t);
  const bytes = await encoded(picture({ width: 64, height: 48 }), 'jpeg', { quality: 92 });
  const held: ServerResponse[] = [];
  let released = 0;
  const serve = (): void => {
    for (const response of held.splice(0, released)) {
      released -= 1;
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes);
    }
  };
  origin.route('/held/*', (_request, response) => {
    held.push(response);
    serve();
  });
  const server = await startTestServer(t, {
    allow: origin.host,
    working: true,
    limits: TOLD,
    engine: { downloadLimits: DEFAULT_DOWNLOAD_LIMITS },
  });
  const urls = Array.from({ length: images }, (_, i) => [`${origin.url}/held/${i}.jpg`]);
  const request = await server.submit(catalogue([`${origin.url}/missing.jpg`], ...urls));
  const release = (count: number): void => {
    released += count;
    serve();
  };
  return { server, request, release, url: `${server.url}/status/${request.id}/events` };
};

test('a stream shows where a request stands, how it moves, and its end', async (t) => {
  const { server, request, release, url } = await startHeldRequest(t, 3);
  const client = await openEvents(t, url);
  assert.equal(client.status, 200);
  await client.event('snapshot');
  await client.until(({ events }) => events.some((one) => shown(one).progress.failed === 1));
  release(1);
  await client.until(({ events }) => events.some((one) => shown(one).progress.done === 1));
  release(2);
  const finished = await client.event('finished');
  assert.equal(await client.ended, true);

  const names = client.events.map(({ event }) => event);
  assert.deepEqual(names, ['snapshot', ...Array(names.length - 2).fill('progress'), 'finished']);
  const { progress, status, failures, output_csv } = shown(finished);
  assert.deepEqual([status, progress.done, progress.failed, progress.percent], ['COMPLETED', 3, 1, 100]);
  assert.deepEqual([failures[0]?.code, output_csv], ['http_status', `${server.url}/csvfile/${request.id}_output.csv`]);
  const settled = client.events.map((one) => shown(one).progress.done + shown(one).progress.failed);
  assert.deepEqual(settled, settled.toSorted());
  assert.equal(client.retryMs(), 3_000);
  const polled = (await (await fetch(`${server.url}/status/${request.id}`)).json()) as Record<string, unknown>;
  const { products: _products, next: _next, ...summary } = polled;
  assert.deepEqual(shown(finished), summary);
  await untilNoStreams(server);
});

test('the headers let every event through at once, whatever stands in between', async (t) => {
  const server = await startTestServer(t, { engine: { webhookSecrets: [newWebhookSecret()] } });
  const { id } = await server.submit(SMALL, { start: 'manual' });
  for (const path of [`/status/${id}/events`, `/api/status/${id.toUpperCase()}/events/`, '/webhook/events']) {
    const { status, headers, close, until } = await openEvents(t, server.url + path);
    assert.equal(status, 200, path);
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache, no-transform');
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
    assert.deepEqual([headers['content-length'], headers['transfer-encoding']], [undefined, 'chunked']);
    await until(({ events, comments }) => events.length + comments.length > 0);
    close();
    const head = await fetch(server.url + path, { method: 'HEAD' });
    assert.deepEqual(
      [head.status, head.headers.get('content-type'), head.headers.get('cache-control'), await head.text()],
      [200, headers['content-type'], headers['cache-control'], ''],
    );
  }
  await untilNoStreams(server);
});

test('who comes back is not sent what it has', async (t) => {
  const server = await startTestServer(t, { limits: TOLD });
  const { id } = await server.submit(SMALL, { start: 'manual' });
  const url = `${server.url}/status/${id}/events`;
  const open = (lastId: string): Promise<EventClient> => openEvents(t, url, { 'last-event-id': lastId });
  const first = await openEvents(t, url);
  const snapshot = await first.event('snapshot');
  first.close();

  const again = await open(snapshot.id);
  await again.until(({ comments }) => comments.length > 0);
  assert.deepEqual([again.events.length, again.retryMs()], [0, 3_000]);
  await server.engine.requests.process(id);
  assert.equal(shown(await again.event('progress')).status, 'PROCESSING');

  const late = await open(snapshot.id);
  const moved = await late.event('snapshot');
  assert.equal(shown(moved).status, 'PROCESSING');
  assert.notEqual(moved.id, snapshot.id);
  assert.equal((await (await open('not one of ours')).event('snapshot')).id, moved.id);
});

test('who has seen the end is told to stay away, and everybody else sees it', async (t) => {
  const server = await startTestServer(t, { working: true });
  const request = await server.submit(SMALL);
  await server.engine.requests.cancel(request.id);
  await server.finished(request);
  const url = `${server.url}/status/${request.id}/events`;
  const whole = await openEvents(t, url);
  assert.equal(await whole.ended, true);
  assert.deepEqual(
    whole.events.map(({ event }) => event),
    ['snapshot', 'finished'],
  );
  const [snapshot, finished] = whole.events;
  assert.ok(snapshot && finished);
  assert.equal(shown(finished).status, 'CANCELLED');

  const broken = await openEvents(t, url, { 'last-event-id': snapshot.id });
  assert.equal(await broken.ended, true);
  assert.deepEqual(
    broken.events.map(({ event, id }) => [event, id]),
    [['finished', finished.id]],
  );
  for (const method of ['GET', 'HEAD']) {
    const done = await fetch(url, { method, headers: { 'last-event-id': finished.id } });
    assert.deepEqual([done.status, await done.text()], [204, '']);
  }
  // Run again, it has another end, which they have not seen.
  await server.engine.requests.process(request.id);
  const rerun = await openEvents(t, url, { 'last-event-id': finished.id });
  assert.equal((await rerun.event('snapshot')).event, 'snapshot');
});

test('a cancelled request ends its streams when its files stand', async (t) => {
  const { server, request, url } = await startHeldRequest(t, 2);
  const client = await openEvents(t, url);
  await client.event('snapshot');
  const cancelled = await fetch(`${server.url}/cancel/${request.id}`, { method: 'POST' });
  assert.equal(cancelled.status, 202);
  const { status, finished_at, output_csv } = shown(await client.event('finished'));
  assert.deepEqual([status, finished_at === null, output_csv === null], ['CANCELLED', false, false]);
  assert.equal(await client.ended, true);
});

test('a deleted request ends its streams, and is unknown to whoever comes back', async (t) => {
  const server = await startTestServer(t, { limits: TOLD });
  const { id } = await server.submit(SMALL, { start: 'manual' });
  const url = `${server.url}/status/${id}/events`;
  const client = await openEvents(t, url);
  await client.event('snapshot');
  await fetch(`${server.url}/requests/${id}`, { method: 'DELETE' });
  assert.equal(await client.ended, true);
  assert.deepEqual(
    client.events.map(({ event }) => event),
    ['snapshot'],
  );
  assertProblem(await answerOf(await fetch(url)), 'request_not_found');
  assertProblem(await answerOf(await fetch(`${server.url}/status/${randomUUID()}/events`)), 'request_not_found');
  assertProblem(await answerOf(await fetch(`${server.url}/status/nonsense/events`)), 'request_not_found');
  await untilNoStreams(server);
});

test('the guards of every other call hold', async (t) => {
  const key = 'shop-key-0123456789abcdef';
  const engine = { webhookSecrets: [newWebhookSecret()] };
  const server = await startTestServer(t, { apiKeys: [{ name: 'shop', key }], engine });
  const { id } = await server.submit(SMALL, { start: 'manual' });
  for (const path of [`/status/${id}/events`, '/webhook/events']) {
    assertProblem(await answerOf(await fetch(server.url + path)), 'unauthorized');
    const client = await openEvents(t, server.url + path, { authorization: `Bearer ${key}` });
    assert.equal(client.status, 200);
  }
  const open = await startTestServer(t);
  const { id: other } = await open.submit(SMALL, { start: 'manual' });
  const strange = await openEvents(t, `${open.url}/status/${other}/events`, { host: 'evil.example' });
  assert.equal(strange.status, 403);
});

test('an EventSource follows a request to its end', async (t) => {
  const { release, url, server } = await startHeldRequest(t, 2);
  const source = new EventSource(url);
  t.after(() => source.close());
  const heard: string[] = [];
  const told = new Promise<void>((resolve) => {
    for (const name of ['snapshot', 'progress', 'finished']) {
      source.addEventListener(name, () => {
        heard.push(name);
        if (name === 'snapshot') release(2);
        if (name === 'finished') resolve();
      });
    }
  });
  await told;
  assert.deepEqual([heard[0], heard.at(-1)], ['snapshot', 'finished']);
  source.close();
  await untilNoStreams(server);
});
