import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../helpers/catalogues.ts';
import { openEvents } from '../helpers/event-client.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { startTestServer } from '../helpers/start-server.ts';

const CLIENTS = 200;

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('two hundred clients of one running request all see its end, and leave nothing behind', async (t) => {
  const origin = await startOrigin(t);
  const bytes = await encoded(picture({ width: 64, height: 48 }), 'jpeg', { quality: 92 });
  const gate = Promise.withResolvers<void>();
  origin.route('/*', (_request, response) => {
    void gate.promise.then(() => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes));
  });
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const urls = Array.from({ length: 40 }, (_, i) => [`${origin.url}/${i}.jpg`]);
  const request = await server.submit(catalogue(...urls), { start: 'manual' });
  const before = sockets() - origin.openConnections;
  const url = `${server.url}/status/${request.id}/events`;
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openEvents(t, url)));
  const { streams, statuses } = server.server.live;
  assert.deepEqual([streams.size, statuses.size, server.engine.events.listenerCount('change')], [CLIENTS, 1, 1]);
  await server.engine.requests.process(request.id);
  gate.resolve();
  const ends = await Promise.all(clients.map(({ event }) => event('finished')));
  assert.deepEqual(new Set(ends.map(({ data }) => data)).size, 1);
  assert.match(String(ends[0]?.data), /"status":"COMPLETED","paused":null,"progress":\{"total":40,"done":40/);
  assert.ok((await Promise.all(clients.map(({ ended }) => ended))).every(Boolean));
  for (const { events } of clients) assert.equal(events[0]?.event, 'snapshot');
  // The presses keep their connections to the origin for a while.
  while (streams.size > 0 || sockets() - origin.openConnections > before) await new Promise(setImmediate);
  assert.deepEqual([statuses.size, server.engine.events.listenerCount('change')], [0, 0]);
});
