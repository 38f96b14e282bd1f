import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { formOf, HEADER } from '../helpers/catalogues.ts';
import { collectLog, type LogLine } from '../helpers/collect-log.ts';
import { status } from '../helpers/origin-faults.ts';
import { type Handler, startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { childrenOf } from '../helpers/processes.ts';
import { startTestServer } from '../helpers/start-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const API_KEY = 'shop-key-0123456789abcdef';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
/** Lines about the process itself, and about a call that is still arriving. */
const OF_NO_REQUEST =
  /^(Listening at .*|a press ended unexpectedly|starting multipart parsing|Providing options to busboy)$/;

test('the log tells the story of a request, every line under its id, and no secret', async (t) => {
  const { log, lines, text, said } = collectLog('trace');
  const origin = await startOrigin(t);
  const receiver = await startReceiver(t);
  const image = await encoded(picture({ width: 200, height: 150 }), 'jpeg', { quality: 95 });
  const send: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(image);
  };
  // Nobody is answered until the only press was killed over the first picture; so every run is the same story.
  let killed = false;
  const serve = (path: string, handler: Handler): void => {
    origin.route(path, (request, response) => {
      if (killed) return handler(request, response);
      if (path !== '/private-a.jpg') return;
      killed = true;
      for (const press of childrenOf(process.pid)) process.kill(press, 'SIGKILL');
    });
  };
  serve('/private-a.jpg', send);
  // A request of the dead press may still come in, so it is the log that says when this one has failed once.
  serve('/private-b.jpg', (request, response) => {
    const failed = lines().some(({ msg, ordinal }) => msg === 'image is tried again' && ordinal === 2);
    (failed ? send : status(503))(request, response);
  });
  serve('/private-c.jpg', status(404));
  const server = await startTestServer(t, {
    working: true,
    allow: `${origin.host},${receiver.host}`,
    apiKeys: [{ name: 'shop', key: API_KEY }],
    engine: { log, presses: 1, webhookSecrets: [SECRET] },
  });
  const urls = ['a', 'b', 'c'].map((name) => `${origin.url}/private-${name}.jpg?token=private-token`);
  const csv = `${HEADER}\n${urls.map((url, n) => `${n},Private Shoe,${url}`).join('\n')}\n`;
  const form = formOf(csv, { webhook_url: `${receiver.url}?token=private-token` }, {}, 'private-file.csv');
  const headers = { authorization: `Bearer ${API_KEY}` };
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(server.url + path, { ...init, headers });
    return response.text();
  };
  const { request_id: id } = JSON.parse(await call('/upload', { method: 'POST', body: form }));
  await said(({ msg }) => msg === 'delivery attempt');
  await call(`/status/${id}?limit=10&private-query=1`);
  await call(`/csvfile/${id}_output.csv`);
  await call('/requests?search=private-search');
  await call(`/requests/${id}`, { method: 'DELETE' });
  await said(({ msg }) => msg === 'its files are removed');
  await said(({ msg, method }) => msg === 'answered' && method === 'DELETE');

  for (const line of lines()) {
    if (OF_NO_REQUEST.test(line.msg) || line.route === '/requests') continue;
    assert.equal(line.request_id, id, JSON.stringify(line));
  }
  const story = lines().filter((line) => line.request_id === id);
  const told = story.map(({ msg }) => msg).filter((msg) => msg !== 'answered');
  const chapters = told.filter((msg, n) => msg !== told[n - 1] && !msg.startsWith('image '));
  assert.deepEqual(chapters, [
    'accepted',
    'started',
    'press died; its images go elsewhere',
    'finished',
    'delivery attempt',
    'deleted',
    'its files are removed',
  ]);
  assert.ok(told.lastIndexOf('image failed') < told.indexOf('finished'));
  tellsTheFacts(story, csv);
  const levels = await listedLevels();
  for (const { msg, level } of story) assert.equal(level, levels.get(msg), `docs/logs.md: ${msg}`);
  assert.deepEqual(
    story.filter(({ msg }) => msg === 'answered').map(({ method, route, status: code }) => [method, route, code]),
    [
      ['POST', '/upload', 202],
      ['GET', '/status/:request_id', 200],
      ['GET', '/csvfile/:name', 200],
      ['DELETE', '/requests/:request_id', 204],
    ],
  );
  for (const secret of [API_KEY, SECRET, SECRET.slice(6), 'Bearer', 'authorization', 'private', 'Private Shoe'])
    assert.ok(!text().includes(secret), secret);
});

/** Level of each message docs/logs.md lists. */
const listedLevels = async (): Promise<Map<string, number>> => {
  const page = await readFile(new URL('../../docs/logs.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (\w+) \| /gm)];
  const levels = new Map(Object.entries({ debug: 20, info: 30, warn: 40, error: 50 }));
  return new Map(rows.map(([, msg = '', level = '']) => [msg, levels.get(level) ?? 0]));
};

const tellsTheFacts = (story: readonly LogLine[], csv: string): void => {
  const the = (msg: string, code?: string): LogLine => {
    const found = story.filter((line) => line.msg === msg && (code === undefined || line.code === code));
    assert.equal(found.length, 1, `${msg} ${code ?? ''}`);
    return found[0] as LogLine;
  };
  const { products, images, bytes, owner } = the('accepted');
  assert.deepEqual([products, images, bytes, owner], [3, 3, Buffer.byteLength(csv), 'shop']);
  const again = story.filter(({ msg, code }) => msg === 'image is tried again' && code === 'http_status');
  assert.ok(again.length > 0 && again.every(({ ordinal }) => ordinal === 2));
  assert.deepEqual(
    [the('image failed').ordinal, the('image failed').code, the('image failed').level],
    [3, 'http_status', 20],
  );
  const finished = the('finished');
  assert.deepEqual([finished.status, finished.done, finished.failed], ['COMPLETED', 2, 1]);
  assert.ok(Number(finished.bytes_in) > Number(finished.bytes_out) && Number(finished.bytes_out) > 0);
  assert.ok(Number(finished.seconds) > 0 && Number(finished.seconds) < 60);
  assert.deepEqual([the('delivery attempt').kind, the('delivery attempt').ok], ['webhook', true]);
};
