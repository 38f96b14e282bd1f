import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveAddress } from '../../src/http/listen-address.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { parseAnswer, rawCall } from '../helpers/raw-call.ts';
import { startTestServer } from '../helpers/start-server.ts';

test('a service that can work says so', async (t) => {
  const { url } = await startTestServer(t);
  assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), {
    status: 'ok',
    checks: { database: 'ok', storage: 'ok', disk: 'ok' },
  });
  assert.equal(((await (await fetch(`${url}/healthz`)).json()) as { status: string }).status, 'ok');
});

test('a service whose storage is gone lives, but is not ready', async (t) => {
  const { url, folder } = await startTestServer(t);
  await rm(join(folder, 'images'), { recursive: true, force: true });
  await writeFile(join(folder, 'images'), 'a file where the folder should be');
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  const { checks } = assertProblem(await answerOf(await fetch(`${url}/readyz`)), 'not_ready');
  assert.deepEqual(
    Object.entries(checks as object).map(([name, found]) => [name, found === 'ok']),
    [
      ['database', true],
      ['storage', false],
      ['disk', true],
    ],
  );
});

test('a disk without space is not ready, and takes no upload', async (t) => {
  const { url } = await startTestServer(t, { limits: { minFreeBytes: Number.MAX_SAFE_INTEGER } });
  const { checks } = assertProblem(await answerOf(await fetch(`${url}/readyz`)), 'not_ready');
  assert.match((checks as { disk: string }).disk, /disk space/);
  const upload = await fetch(`${url}/upload`, { method: 'POST', body: SMALL, headers: { 'content-type': 'text/csv' } });
  assertProblem(await answerOf(upload), 'storage_full');
});

test('a failure of ours says that it is one, and nothing else', async (t) => {
  const { url, engine } = await startTestServer(t);
  // Opened by its first use, closed for good after it.
  assert.equal((await fetch(`${url}/requests`)).status, 200);
  await engine.database.read.destroy();
  for (const path of [
    '/requests',
    '/status/01234567-89ab-4cde-8f01-23456789abcd',
    '/image/01234567-89ab-4cde-8f01-23456789abcd-1',
  ]) {
    const answer = await answerOf(await fetch(url + path));
    assert.ok(answer.status >= 500);
    assertProblem(answer);
  }
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('an answer nobody reads does not keep its connection for ever', async (t) => {
  const server = await startTestServer(t, { limits: { idleSocketMs: 100 } });
  const call = await rawCall(t, server.port);
  call.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
  await call.answer;
});

test('a stopping service finishes what runs and refuses what comes', async (t) => {
  const server = await startTestServer(t);
  const running = await rawCall(t, server.port);
  const length = Buffer.byteLength(SMALL);
  running.send(
    `POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n${SMALL.slice(0, 20)}`,
  );
  const waiting = await rawCall(t, server.port);
  waiting.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(waiting.socket, 'data');
  const stopped = server.server.stop();
  running.send(SMALL.slice(20));
  assert.equal(parseAnswer(await running.answer).status, 202);
  await stopped;
  await server.server.stop();
  await assert.rejects(fetch(`${server.url}/healthz`));
});

test('an upload that hangs does not keep the service from stopping', async (t) => {
  const server = await startTestServer(t, { limits: { graceMs: 50 } });
  const hanging = await rawCall(t, server.port);
  hanging.send('POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nx');
  // The next answer on another connection proves that the call before it was seen.
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  await server.server.stop();
  await hanging.answer;
});

test('an address that cannot be listened on is explained', async (t) => {
  const other = createServer();
  t.after(() => other.close());
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { server } = await startTestServer(t);
  assert.ok(server.url.startsWith('http://127.0.0.1:'));
  await assert.rejects(resolveAddress({ host: '203.0.113.1', port: 0, publicUrl: null }), {
    code: 'invalid_settings',
    message: /HOST/,
  });
  assert.equal((await resolveAddress({ host: '::1', port: 80, publicUrl: null })).publicUrl, 'http://[::1]:80');
  assert.equal((await resolveAddress({ host: '0.0.0.0', port: 80, publicUrl: null })).publicUrl, 'http://localhost:80');
});
