import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { openSqliteDatabase } from '../../src/db/open-database.ts';
import { listRequests } from '../../src/db/requests.ts';
import { idempotencyKeyOf } from '../../src/http/idempotency-key.ts';
import { catalogue, formOf, SMALL } from '../helpers/catalogues.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { parseAnswer, rawCall } from '../helpers/raw-call.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const KEYS = [
  { name: 'shop', key: 'shop-key-0123456789abcdef' },
  { name: 'team', key: 'team-key-0123456789abcdef' },
] as const;
const OTHER = catalogue(['https://img.example/9.jpg']);
const MINUTE = 60_000;

const upload = (url: string, csv: string, headers: Record<string, string> = {}, query = ''): Promise<Response> =>
  fetch(`${url}/upload${query}`, { method: 'POST', body: csv, headers: { 'content-type': 'text/csv', ...headers } });

const idOf = async (response: Response): Promise<string> => {
  assert.equal(response.status, 202, await response.clone().text());
  return String(((await response.json()) as Record<string, unknown>).request_id);
};

const all = ({ engine }: TestServer) =>
  listRequests(engine.database.read, { limit: 100, before: null, search: null, status: null });

test('twenty uploads at once with one key make one request, and later ones get its answer', async (t) => {
  const server = await startTestServer(t);
  const headers = { 'idempotency-key': 'order 66 / "spring"' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const response = await upload(server.url, SMALL, headers);
      return { response, body: await response.clone().text() };
    }),
  );
  const taken = answers.filter(({ response }) => response.status === 202);
  for (const { response } of answers) {
    if (response.status === 202) continue;
    assertProblem(await answerOf(response), 'idempotency_key_in_use');
    assert.equal(response.headers.get('retry-after'), '1');
  }
  assert.deepEqual([...new Set(taken.map(({ body }) => body))].length, 1);
  assert.equal(taken.filter(({ response }) => response.headers.get('idempotent-replayed') === null).length, 1);
  const [request, ...more] = await all(server);
  assert.ok(request);
  assert.equal(more.length, 0);
  // What has become of the request does not show in the answer to its upload.
  await server.engine.requests.cancel(request.id);
  for (const form of [SMALL, formOf(SMALL, {}, {}, 'other-name.csv')]) {
    const again = await fetch(`${server.url}/api/upload/`, { method: 'POST', body: form, headers });
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.headers.get('location'), taken[0]?.response.headers.get('location'));
    assert.equal(await again.text(), taken[0]?.body);
  }
  assert.deepEqual(await readdir(server.engine.spoolDir), []);
  assert.deepEqual(await readdir(join(server.folder, 'data', 'uploads')), [`${request.id}.csv`]);
});

test('a key with another file or other options is refused; another owner is somebody else', async (t) => {
  const server = await startTestServer(t, { apiKeys: KEYS });
  const [shop, team] = KEYS.map(({ key }) => ({ authorization: `Bearer ${key}`, 'idempotency-key': 'one' }));
  const first = await idOf(await upload(server.url, SMALL, shop));
  assertProblem(await answerOf(await upload(server.url, OTHER, shop)), 'idempotency_key_reused');
  assertProblem(await answerOf(await upload(server.url, SMALL, shop, '?quality=80')), 'idempotency_key_reused');
  const second = await idOf(await upload(server.url, OTHER, team));
  assert.equal(await idOf(await upload(server.url, SMALL, shop)), first);
  assert.equal(await idOf(await upload(server.url, OTHER, team)), second);
  assert.deepEqual(
    (await all(server)).map(({ id, owner }) => [id, owner]),
    [
      [second, 'team'],
      [first, 'shop'],
    ],
  );
  assert.deepEqual(await readdir(server.engine.spoolDir), []);
});

test('while an upload arrives its key is in use, and free again when it breaks off', async (t) => {
  const server = await startTestServer(t);
  const begin = async (key: string) => {
    const call = await rawCall(t, server.port);
    const head = ['Host: 127.0.0.1', 'Connection: close', 'Content-Type: text/csv', `Content-Length: ${SMALL.length}`];
    call.send(
      `POST /upload HTTP/1.1\r\n${head.join('\r\n')}\r\nIdempotency-Key: ${key}\r\nExpect: 100-continue\r\n\r\n`,
    );
    // Node says "100 Continue" in the moment it hands the call to the application.
    await once(call.socket, 'data');
    call.send(SMALL.slice(0, 10));
    return call;
  };
  const again = (key: string) => upload(server.url, SMALL, { 'idempotency-key': key });

  const slow = await begin('slow');
  const refused = await again('slow');
  assert.equal(refused.headers.get('retry-after'), '1');
  assertProblem(await answerOf(refused), 'idempotency_key_in_use');
  await idOf(await again('another'));
  slow.send(SMALL.slice(10));
  const { headers, body } = parseAnswer((await slow.answer).replace('HTTP/1.1 100 Continue\r\n\r\n', ''));
  assert.doesNotMatch(headers, /idempotent-replayed/);
  assert.equal(await idOf(await again('slow')), JSON.parse(body).request_id);

  const broken = await begin('broken');
  assertProblem(await answerOf(await again('broken')), 'idempotency_key_in_use');
  broken.socket.destroy();
  let taken = await again('broken');
  // Until the server has seen the end of the connection.
  while (taken.status === 409) taken = await again('broken');
  assert.equal(taken.headers.get('idempotent-replayed'), null);
  await idOf(taken);
});

test('a refused upload does not use up its key', async (t) => {
  const server = await startTestServer(t, { limits: { paceWindowMs: 60, paceBytes: 1_000 } });
  const headers = { 'idempotency-key': 'again' };
  assertProblem(await answerOf(await upload(server.url, 'a,b\n1,2\n', headers)), 'missing_columns');
  assertProblem(await answerOf(await upload(server.url, SMALL, headers, '?quality=1000')), 'invalid_option');
  assertProblem(await answerOf(await upload(server.url, catalogue(['nonsense']), headers)), 'invalid_rows');
  // A body that stands still is given up on, and so is the hold on its key.
  const slow = await rawCall(t, server.port);
  slow.send(
    'POST /upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\nIdempotency-Key: again\r\nContent-Length: 500\r\n\r\nSerial',
  );
  assert.match(await slow.answer, /^HTTP\/1.1 408 /);
  const response = await upload(server.url, SMALL, headers);
  assert.equal(response.headers.get('idempotent-replayed'), null);
  await idOf(response);
});

test('a key stands for its request for a day, unless the request is deleted', async (t) => {
  let now = Date.parse('2026-11-22T10:00:00Z');
  const server = await startTestServer(t, { engine: { now: () => now } });
  const headers = { 'idempotency-key': 'daily' };
  const first = await idOf(await upload(server.url, SMALL, headers));
  now += 24 * 60 * MINUTE - 1;
  assert.equal(await idOf(await upload(server.url, SMALL, headers)), first);
  assertProblem(await answerOf(await upload(server.url, OTHER, headers)), 'idempotency_key_reused');
  now += 1;
  const second = await idOf(await upload(server.url, OTHER, headers));
  assert.notEqual(second, first);
  await server.engine.requests.remove(second);
  const response = await upload(server.url, SMALL, headers);
  assert.equal(response.headers.get('idempotent-replayed'), null);
  assert.ok(![first, second].includes(await idOf(response)));
});

test('without a key, the same file within ten minutes is the request that is being worked on', async (t) => {
  let now = Date.parse('2026-11-22T10:00:00Z');
  const server = await startTestServer(t, { apiKeys: KEYS, engine: { now: () => now } });
  const [shop, team] = KEYS.map(({ key }) => ({ authorization: `Bearer ${key}` }));
  const send = async (headers: Record<string, string> | undefined = shop, query = '') => {
    const response = await upload(server.url, SMALL, headers, query);
    assert.equal(response.headers.get('idempotent-replayed'), null);
    const { request_id, hint } = (await response.json()) as { request_id: string; hint: string | null };
    return { id: request_id, hint };
  };
  const first = await send();
  assert.equal(first.hint, null);
  now += 10 * MINUTE - 1;
  const again = await send();
  assert.equal(again.id, first.id);
  assert.match(String(again.hint), /^This very file is waiting already since 2026-11-22T10:00:00\.000Z; this is that /);
  // Somebody else, something else, and whoever says so get a request of their own.
  const others = [
    await send(team),
    await send(shop, '?start=manual'),
    await send({ ...shop, 'idempotency-key': 'new' }),
  ];
  assert.equal(new Set([first.id, ...others.map(({ id }) => id)]).size, 4);
  assert.deepEqual(
    others.map(({ hint }) => hint),
    [null, null, null],
  );
  // One that waits to be started counts as well, and so does one that was.
  const manual = await send(shop, '?start=manual');
  assert.equal(manual.id, others[1]?.id);
  await server.engine.requests.process(manual.id);
  const running = await send(shop, '?start=manual');
  assert.equal(running.id, manual.id);
  assert.match(String(running.hint), /is being processed already since/);
  await server.engine.requests.cancel(manual.id);
  assert.notEqual((await send(shop, '?start=manual')).id, manual.id);
  now += 10 * MINUTE;
  assert.ok(![first.id, ...others.map(({ id }) => id)].includes((await send()).id));
});

test('killed between commit and answer, the service knows the upload when it is sent again', async (t) => {
  const folder = await freshFolder(t);
  const headers = { 'idempotency-key': 'survivor' };
  const dying = await startProcess(t, folder, 'die');
  await assert.rejects(upload(dying.url, SMALL, headers));
  const [, signal] = await dying.exit;
  assert.equal(signal, 'SIGKILL');
  const database = await openSqliteDatabase(join(folder, 'data'));
  const query = { limit: 10, before: null, search: null, status: null };
  const stored = await listRequests(database.read, query);
  await database.close();
  assert.equal(stored.length, 1, 'it was killed before the commit');
  const { url } = await startProcess(t, folder, 'live');
  const again = await upload(url, SMALL, headers);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(await idOf(again), stored[0]?.id);
});

const PROGRAM = fileURLToPath(new URL('../helpers/server-process.ts', import.meta.url));

const startProcess = async (t: { after(end: () => void): void }, folder: string, mode: 'die' | 'live') => {
  const child = fork(PROGRAM, [folder, mode], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const [url] = await once(child, 'message');
  return { url: String(url), exit };
};

test('a key is 1 to 255 printable ASCII characters, once', async (t) => {
  const server = await startTestServer(t);
  for (const key of ['x'.repeat(256), '', 'a\tb', 'naïve']) {
    const problem = assertProblem(
      await answerOf(await upload(server.url, SMALL, { 'idempotency-key': key })),
      'malformed_request',
    );
    assert.match(String(problem.detail), /^Idempotency-Key: expected once, 1 to 255 printable ASCII characters; /);
  }
  await idOf(await upload(server.url, SMALL, { 'idempotency-key': 'x'.repeat(255) }));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (key) => {
      const take = () => idempotencyKeyOf({ rawHeaders: ['Host', 'idempotency-key', 'IDEMPOTENCY-KEY', key] });
      const good = key.length > 0 && key.length < 256 && [...key].every((one) => one >= ' ' && one <= '~');
      if (good) assert.equal(take(), key);
      else assert.throws(take, { code: 'malformed_request' });
    }),
  );
  assert.throws(() => idempotencyKeyOf({ rawHeaders: ['Idempotency-Key', 'a', 'Idempotency-Key', 'a'] }));
  assert.equal(idempotencyKeyOf({ rawHeaders: ['X', 'Idempotency-Key'] }), null);
});
