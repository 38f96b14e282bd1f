import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, watch } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { assertProblem } from '../helpers/problem.ts';
import { parseAnswer, rawCall } from '../helpers/raw-call.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const MB = 1_000_000;
const LIMITS = { ...DEFAULT_LIMITS, maxBytes: MB };
const HOST = 'Host: localhost';

/** Resolves when the spool holds so many files; told of changes by the system. The signal only guards against never. */
const spoolHas = async ({ engine }: TestServer, files: number): Promise<void> => {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]);
  const changes = watch(engine.spoolDir, { signal });
  for (;;) {
    // Asked for before looking, so that no change falls in between.
    const change = changes.next();
    if ((await readdir(engine.spoolDir)).length === files) {
      change.catch(() => {});
      stop.abort();
      return;
    }
    await change;
  }
};

const check = (text: string, code: Parameters<typeof assertProblem>[1]) => {
  const { status, headers, body } = parseAnswer(text);
  assert.match(headers, /connection: close/);
  const contentType = /content-type: (.*)/.exec(headers)?.[1]?.trim() ?? null;
  return assertProblem({ status, contentType, body: body.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '') }, code);
};

test('a file over the limit is refused while it still arrives, and the client gets to read it', async (t) => {
  const server = await startTestServer(t, { catalogueLimits: LIMITS });
  const head = 'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const types = [
    ['text/csv', 'a,b,c'],
    ['multipart/form-data; boundary=b', `--b\r\n${head}`],
  ] as const;
  for (const [type, prefix] of types) {
    const client = httpRequest(`${server.url}/upload`, { method: 'POST', headers: { 'content-type': type } });
    const answered = once(client, 'response');
    client.on('error', () => {});
    // Endless: only the answer can stop it.
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const sending = Readable.from(
      (function* () {
        for (yield prefix; ; sent += piece.length) yield piece;
      })(),
    );
    sending.pipe(client);
    const [response] = await answered;
    let body = '';
    for await (const chunk of response) body += String(chunk);
    sending.destroy();
    client.destroy();
    const answer = { status: response.statusCode, contentType: response.headers['content-type'], body };
    assertProblem(answer, 'file_too_large');
    assert.equal(response.headers.connection, 'close');
    assert.ok(sent < 40 * MB, `${sent} bytes were taken`);
    await spoolHas(server, 0);
  }
});

test('an announced size over the limit is refused before a byte of it', async (t) => {
  const server = await startTestServer(t, { catalogueLimits: LIMITS, limits: { lingerMs: 50 } });
  const call = await rawCall(t, server.port);
  call.send(`POST /upload HTTP/1.1\r\n${HOST}\r\nContent-Type: text/csv\r\nContent-Length: ${2 * MB}\r\n\r\n`);
  check(await call.answer, 'file_too_large');
});

test('an upload broken off leaves nothing behind', async (t) => {
  const server = await startTestServer(t);
  const starts = [
    `Content-Type: text/csv\r\nContent-Length: 1000\r\n\r\n${SMALL}`,
    `Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n' +
      `Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${SMALL}`,
  ];
  for (const start of starts) {
    const call = await rawCall(t, server.port);
    call.send(`POST /upload HTTP/1.1\r\n${HOST}\r\n${start}`);
    await spoolHas(server, 1);
    call.socket.resetAndDestroy();
    await spoolHas(server, 0);
  }
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

test('a body that only drips is given up on', async (t) => {
  const server = await startTestServer(t, { limits: { paceWindowMs: 60, paceBytes: 1_000 } });
  const types = ['text/csv', 'multipart/form-data; boundary=b'];
  const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  for (const type of types) {
    const call = await rawCall(t, server.port);
    call.send(`POST /upload HTTP/1.1\r\n${HOST}\r\nContent-Type: ${type}\r\nContent-Length: 100000\r\n\r\n${part}`);
    const drip = setInterval(() => call.send('x'), 10);
    t.after(() => clearInterval(drip));
    check(await call.answer, 'too_slow');
    clearInterval(drip);
    await spoolHas(server, 0);
  }
});

test('headers that only drip are given up on', async (t) => {
  const server = await startTestServer(t, {
    limits: { headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20 },
  });
  const call = await rawCall(t, server.port);
  call.send(`GET /healthz HTTP/1.1\r\n${HOST}\r\nX-A: `);
  check(await call.answer, 'too_slow');
});

test('what is no HTTP is answered and closed', async (t) => {
  const server = await startTestServer(t);
  const calls: [text: string, code: Parameters<typeof assertProblem>[1]][] = [
    ['NONSENSE\r\n\r\n', 'malformed_request'],
    [`GET / HTTP/1.1\r\n${HOST}\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 'headers_too_large'],
    [
      `POST /upload HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
      'malformed_request',
    ],
    [`POST /upload HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, 'malformed_request'],
    ['GET /healthz HTTP/1.1\r\nHost: a\r\n Host: b\r\n\r\n', 'malformed_request'],
  ];
  for (const [text, code] of calls) {
    const call = await rawCall(t, server.port);
    call.send(text);
    check(await call.answer, code);
  }
});

test('pipelined calls are answered in order', async (t) => {
  const server = await startTestServer(t);
  const call = await rawCall(t, server.port);
  const paths = ['/healthz', '/nope', '/requests'];
  call.send(paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n\r\n`).join(''));
  call.send(`GET /healthz HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`);
  const statuses = (await call.answer).match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9));
  assert.deepEqual(statuses, ['200', '404', '200', '200']);
});

test('a body nobody asked for does no harm', async (t) => {
  const server = await startTestServer(t, { limits: { lingerMs: 50 } });
  const call = await rawCall(t, server.port);
  call.send(
    `POST /nope HTTP/1.1\r\n${HOST}\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n{"a":`,
  );
  check(await call.answer, 'not_found');
});
