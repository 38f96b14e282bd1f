import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openPoster, TEST_USER_AGENT } from '../helpers/open-poster.ts';
import { hang, redirect, webPage } from '../helpers/origin-faults.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

describe('what is sent', () => {
  test('the bytes as they are, the headers given, and who we are', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host });
    const bytes = Buffer.from('{"name":"Grüße 🎈"}\u0000\xff', 'latin1');
    for (const body of [bytes, '{"name":"Grüße 🎈"}']) {
      await post(receiver.url, { body, headers: { 'content-type': 'application/json', 'x-own': '1' } });
      const message = await receiver.next();
      assert.deepEqual(message.bytes, Buffer.from(body));
      assert.deepEqual([message.method, message.path], ['POST', '/hook']);
      assert.deepEqual(message.headers, {
        host: receiver.host,
        'user-agent': TEST_USER_AGENT,
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'x-own': '1',
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
      });
    }
  });

  test('every call has a connection of its own, and none is left', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host });
    for (let n = 0; n < 3; n += 1) await post(receiver.url);
    await receiver.whenIdle();
    assert.equal(receiver.totalConnections, 3);
  });

  test('no proxy of the environment is asked', async (t) => {
    const proxy = await startReceiver(t);
    const receiver = await startReceiver(t);
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'HTTPS_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => [name, process.env[name]] as const);
    t.after(() => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    for (const name of names) process.env[name] = `http://${proxy.host}`;
    await openPoster(t, { allow: `${receiver.host} ${proxy.host}` }).post(receiver.url);
    assert.deepEqual([receiver.totalConnections, proxy.totalConnections], [1, 0]);
  });
});

describe('what is answered', () => {
  test('every status is an answer, with its usual name', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host });
    const names: Readonly<Record<number, string>> = {
      200: 'OK',
      202: 'Accepted',
      204: 'No Content',
      304: 'Not Modified',
      404: 'Not Found',
      410: 'Gone',
      429: 'Too Many Requests',
      500: 'Internal Server Error',
      503: 'Service Unavailable',
      299: '',
      799: '',
    };
    for (const [status, statusText] of Object.entries(names)) {
      receiver.answer = () => ({ status: Number(status) });
      const answer = await post(receiver.url);
      const nothing = { retryAfterMs: null, snippet: '', location: null };
      assert.deepEqual(answer, { status: Number(status), statusText, ...nothing });
    }
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`a redirect by ${status} is not followed`, async (t) => {
      const [receiver, elsewhere] = [await startReceiver(t), await startReceiver(t)];
      const { post } = openPoster(t, { allow: `${receiver.host} ${elsewhere.host}` });
      receiver.answer = () => redirect(elsewhere.url, status);
      const answer = await post(receiver.url);
      assert.deepEqual([answer.status, answer.location], [status, elsewhere.url]);
      assert.deepEqual([receiver.totalConnections, elsewhere.totalConnections], [1, 0]);
    });
  }

  test('Retry-After as seconds or date, of two the first; nonsense is none', async (t) => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host, now: () => now });
    const wishes: readonly (readonly [string | readonly string[], number | null])[] = [
      ['120', 120_000],
      ['Sun, 22 Nov 2026 10:05:00 GMT', 300_000],
      ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
      [['7', '9'], 7_000],
      ['soon', null],
      ['-5', null],
    ];
    for (const [written, expected] of wishes) {
      receiver.answer = () => (_request, response) => {
        response.writeHead(503, { 'retry-after': written as string }).end();
      };
      assert.equal((await post(receiver.url)).retryAfterMs, expected, String(written));
    }
  });

  test('the start of the body becomes one printable line', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host });
    const bodies: readonly (readonly [string | Uint8Array, string])[] = [
      ['  {"error":\r\n\t"full"}\n', '{"error": "full"}'],
      ['a\u0000b\u001b[31mc\u202ed\u2028e', 'a b [31mc d e'],
      ['x'.repeat(200), 'x'.repeat(200)],
      ['🎈'.repeat(300), `${'🎈'.repeat(199)}…`],
      [Buffer.from([0xff, 0xfe, 0x41]), '\ufffd\ufffdA'],
      ['', ''],
    ];
    for (const [body, snippet] of bodies) {
      receiver.answer = () => ({ status: 500, body });
      assert.equal((await post(receiver.url)).snippet, snippet);
    }
    receiver.answer = () => webPage('502 Bad Gateway &amp; more', 'text/html');
    assert.equal((await post(receiver.url)).snippet, '502 Bad Gateway & more');
    const headers = { 'content-encoding': 'gzip' };
    receiver.answer = () => ({ status: 500, headers, body: gzipSync('packed unasked') });
    assert.deepEqual(await post(receiver.url).then(({ status, snippet }) => [status, snippet]), [500, '']);
  });
});

describe('many at once', () => {
  test('two at a host, the others in line; another host is not kept waiting', async (t) => {
    const slow = await startReceiver(t);
    const quick = await startReceiver(t);
    const { post } = openPoster(t, { allow: `${slow.host} ${quick.host}` });
    const release = Promise.withResolvers<void>();
    slow.answer = async () => {
      await release.promise;
      return {};
    };
    const calls = Array.from({ length: 6 }, () => post(slow.url));
    await Promise.all([slow.next(), slow.next()]);
    assert.equal((await post(quick.url)).status, 200);
    assert.deepEqual([slow.messages.length, slow.totalConnections], [2, 2]);
    release.resolve();
    for (const { status } of await Promise.all(calls)) assert.equal(status, 200);
    assert.deepEqual([slow.messages.length, slow.peakConnections], [6, 2]);
  });

  test('waiting in line costs none of the time limit, and headers are made when it is over', async (t) => {
    const receiver = await startReceiver(t);
    // The first call uses up the whole limit; with the line counted, nothing would be left for the second.
    const { post, fail } = openPoster(t, { allow: receiver.host, limits: { totalTimeoutMs: 500, perHost: 1 } });
    const made: number[] = [];
    receiver.answer = (n) => (n === 1 ? hang() : {});
    const headers = (): Record<string, string> => {
      made.push(receiver.messages.length);
      return { 'x-made': String(made.length) };
    };
    const [first, second] = await Promise.all([fail(receiver.url, { headers }), post(receiver.url, { headers })]);
    assert.equal(first.code, 'timed_out');
    assert.equal(second.status, 200);
    assert.deepEqual(made, [0, 1]);
    assert.equal(receiver.messages[1]?.headers['x-made'], '2');
  });
});

test('a fault in making the headers is not blamed on the receiver, and gives the place back', async (t) => {
  const receiver = await startReceiver(t);
  const { post } = openPoster(t, { allow: receiver.host, limits: { perHost: 1 } });
  const headers = (): never => {
    throw new TypeError('no secret');
  };
  await assert.rejects(post(receiver.url, { headers }), TypeError);
  assert.equal((await post(receiver.url)).status, 200);
  assert.equal(receiver.totalConnections, 1);
});

describe('told to stop', () => {
  const REASON = 'The message to 127.0.0.1 was not sent to the end, because Halve was told to stop.';

  test('before, in line and in the middle', async (t) => {
    const receiver = await startReceiver(t);
    const { fail } = openPoster(t, { allow: receiver.host, limits: { perHost: 1 } });
    receiver.answer = () => hang();
    assert.equal((await fail(receiver.url, { signal: AbortSignal.abort() })).message, REASON);
    assert.equal(receiver.totalConnections, 0);
    const [middle, line] = [new AbortController(), new AbortController()];
    const calls = [middle, line].map(({ signal }) => fail(receiver.url, { signal }));
    await receiver.next();
    line.abort();
    assert.equal((await calls[1])?.code, 'cancelled');
    middle.abort();
    assert.deepEqual([(await calls[0])?.code, (await calls[0])?.message], ['cancelled', REASON]);
    await receiver.whenIdle();
    assert.equal(receiver.totalConnections, 1);
  });

  test('closing the poster cancels what is under way and what comes later', async (t) => {
    const receiver = await startReceiver(t);
    const { poster, fail } = openPoster(t, { allow: receiver.host });
    receiver.answer = () => hang();
    const call = fail(receiver.url);
    await receiver.next();
    await poster.close();
    assert.equal((await call).code, 'cancelled');
    assert.equal((await fail(receiver.url)).code, 'cancelled');
    await receiver.whenIdle();
    assert.equal(receiver.messages.length, 1);
  });
});
