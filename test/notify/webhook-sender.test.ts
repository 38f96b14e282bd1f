import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { AppError } from '../../src/core/errors.ts';
import { nextDeliveryDelayMs } from '../../src/notify/retry-schedule.ts';
import { verifySignature } from '../../src/notify/sign.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { MAX_WEBHOOK_BYTES, WebhookSender } from '../../src/notify/webhook-sender.ts';
import { openPoster, TEST_USER_AGENT, type TestPosterOptions } from '../helpers/open-poster.ts';
import { dripBody, endlessBody, hang, rawBytes, redirect, resetAtOnce } from '../helpers/origin-faults.ts';
import { type Answer, type ReceivedMessage, startReceiver } from '../helpers/webhook-receiver.ts';

const NEVER = new AbortController().signal;
const BODY = '{"request_id":"r1","message":"Grüße"}';
const MINUTE = 60_000;

const openSender = (t: TestContext, options: TestPosterOptions & { readonly secrets?: readonly string[] }) => {
  const { secrets = [newWebhookSecret()], ...poster } = options;
  const clock = { now: Date.parse('2026-11-22T10:00:00.900Z') };
  const now = (): number => clock.now;
  const sender = new WebhookSender({ poster: openPoster(t, { now, ...poster }).poster, secrets, now });
  const send = (url: string, signal = NEVER) => sender.send({ id: 'msg_1', url, body: BODY }, signal);
  return { sender, send, clock, secrets };
};

const verify = (message: ReceivedMessage, secrets: readonly string[], now: number): void => {
  verifySignature({ headers: message.headers, body: message.bytes, secrets, now });
};

describe('one attempt', () => {
  test('is a signed JSON message, byte for byte the one given', async (t) => {
    const receiver = await startReceiver(t);
    const { send, clock, secrets } = openSender(t, { allow: receiver.host });
    assert.deepEqual(await send(receiver.url), {
      ok: true,
      result: '200 OK',
      answerCode: 200,
      next: 'retry',
      retryAfterMs: null,
    });
    const message = await receiver.next();
    assert.equal(message.body, BODY);
    assert.deepEqual([message.id, message.timestamp], ['msg_1', String(Math.floor(clock.now / 1000))]);
    assert.equal(message.headers['content-type'], 'application/json');
    assert.equal(message.headers['user-agent'], TEST_USER_AGENT);
    verify(message, secrets, clock.now);
  });

  test('is accepted by the standardwebhooks package', async (t) => {
    const receiver = await startReceiver(t);
    const { send, clock, secrets } = openSender(t, { allow: receiver.host });
    // The package has no other clock than the real one.
    clock.now = Date.now();
    await send(receiver.url);
    const { body, headers } = await receiver.next();
    assert.deepEqual(new Webhook(secrets[0] ?? '').verify(body, headers), JSON.parse(BODY));
  });

  test('carries two signatures while a secret is replaced, either of which will do', async (t) => {
    const receiver = await startReceiver(t);
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    const { send, clock } = openSender(t, { allow: receiver.host, secrets });
    await send(receiver.url);
    const message = await receiver.next();
    assert.equal(message.signature.split(' ').length, 2);
    for (const secret of secrets) verify(message, [secret], clock.now);
  });
});

describe('what comes of it', () => {
  interface Case {
    readonly answer: Answer;
    readonly result: RegExp | string;
    readonly ok?: boolean;
    readonly code?: number | null;
    readonly next?: 'retry' | 'give-up' | 'close-target';
    readonly retryAfterMs?: number;
  }
  const cases: Readonly<Record<string, Case>> = {
    'any 2xx is success': { answer: () => ({ status: 204 }), ok: true, code: 204, result: '204 No Content' },
    'a 2xx whose body never ends': { answer: () => endlessBody(), ok: true, code: 200, result: '200 OK' },
    'a 2xx that drips its body': { answer: () => dripBody(), ok: true, code: 200, result: '200 OK' },
    'a wish to wait after success means nothing': {
      answer: () => ({ status: 202, headers: { 'retry-after': '60' } }),
      ok: true,
      code: 202,
      result: '202 Accepted',
    },
    '301, wherever it leads': {
      answer: () => redirect('http://10.0.0.7/internal', 301),
      code: 301,
      result: '301 Moved Permanently: redirects are not followed',
    },
    '304 is no redirect': { answer: () => ({ status: 304 }), code: 304, result: '304 Not Modified' },
    '404 may be put right': {
      answer: () => ({ status: 404, body: 'no such hook\n' }),
      code: 404,
      result: '404 Not Found: no such hook',
    },
    '410 closes the address': {
      answer: () => ({ status: 410, body: 'unsubscribed' }),
      code: 410,
      next: 'close-target',
      result: '410 Gone: unsubscribed',
    },
    '429 with Retry-After': {
      answer: () => ({ status: 429, headers: { 'retry-after': '90' } }),
      code: 429,
      retryAfterMs: 90_000,
      result: '429 Too Many Requests',
    },
    '502 with Retry-After as a date': {
      answer: () => ({ status: 502, headers: { 'retry-after': 'Sun, 22 Nov 2026 10:10:00 GMT' } }),
      code: 502,
      retryAfterMs: 10 * MINUTE - 900,
      result: '502 Bad Gateway',
    },
    '503 with Retry-After and a reason': {
      answer: () => ({ status: 503, headers: { 'retry-after': '2' }, body: '{"error":"deploying"}' }),
      code: 503,
      retryAfterMs: 2_000,
      result: '503 Service Unavailable: {"error":"deploying"}',
    },
    '504 with a page that says no more than its status': {
      answer: () => ({
        status: 504,
        headers: { 'retry-after': '5', 'content-type': 'text/html' },
        body: '<html><head><title>504 Gateway Timeout</title></head><body>nginx</body></html>',
      }),
      code: 504,
      retryAfterMs: 5_000,
      result: '504 Gateway Timeout',
    },
    'an unknown status': { answer: () => ({ status: 599 }), code: 599, result: '599' },
    'a text of many lines': {
      answer: () => ({ status: 500, body: `Traceback:\r\n${'\tat line\n'.repeat(1_000)}\u202e` }),
      code: 500,
      result: /^500 Internal Server Error: Traceback: at line( at line)* [^\p{Cc}\p{Cf}]*…$/u,
    },
    'no answer in time': {
      answer: () => hang(),
      code: null,
      result: 'timed out: The receiver 127.0.0.1 did not answer within 0.2 s.',
    },
    'a reset': {
      answer: () => resetAtOnce(),
      code: null,
      result: /^connection failed: The receiver 127\.0\.0\.1 could not be reached/,
    },
    'no HTTP': { answer: () => rawBytes('hello\r\n'), code: null, result: /^connection failed: .* is not HTTP\.$/ },
  };
  for (const [name, { answer, result, ok = false, code = null, next = 'retry', retryAfterMs = null }] of Object.entries(
    cases,
  )) {
    test(name, async (t) => {
      const receiver = await startReceiver(t);
      const { send } = openSender(t, { allow: receiver.host, limits: { totalTimeoutMs: 200 } });
      receiver.answer = answer;
      const { result: line, ...outcome } = await send(receiver.url);
      assert.deepEqual(outcome, { ok, answerCode: code, next, retryAfterMs });
      if (typeof result === 'string') assert.equal(line, result);
      else assert.match(line, result);
      assert.ok(line.length <= 300);
      assert.equal(receiver.totalConnections, 1);
      await receiver.whenIdle();
    });
  }

  test('an address that nobody can call is given up; one that is merely down is not', async (t) => {
    const receiver = await startReceiver(t);
    const { send } = openSender(t, { allow: '' });
    const [hidden, wrong] = [await send(receiver.url), await send('ftp://example.com/hook')];
    assert.deepEqual([hidden.next, wrong.next], ['give-up', 'give-up']);
    assert.match(hidden.result, /^address not allowed: Halve may not connect to 127\.0\.0\.1 on port \d+; /);
    assert.match(wrong.result, /^invalid url: An address begins with http/);
    assert.equal(receiver.totalConnections, 0);
    const down = openSender(t, { allow: receiver.host });
    await receiver.die();
    const outcome = await down.send(receiver.url);
    assert.deepEqual([outcome.next, outcome.answerCode], ['retry', null]);
  });

  test('a name that is not found today may be found tomorrow; the address behind a refused name stays secret', async (t) => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const nowhere = openSender(t, { allow: '', resolve: () => Promise.reject(missing) });
    assert.equal((await nowhere.send('https://hooks.example.com/')).next, 'retry');
    const inside = openSender(t, { allow: '', resolve: async () => [{ address: '10.11.12.13', family: 4 }] });
    const outcome = await inside.send('https://hooks.example.com/');
    assert.deepEqual([outcome.next, outcome.result.includes('10.11.12.13')], ['give-up', false]);
  });
});

describe('faults of ours, and orders to stop', () => {
  test('20 kB go, one byte more is a fault of ours, and nothing is sent', async (t) => {
    const receiver = await startReceiver(t);
    const { sender } = openSender(t, { allow: receiver.host });
    // Two bytes each in UTF-8: bytes count, not letters.
    const body = 'ü'.repeat(MAX_WEBHOOK_BYTES / 2);
    assert.equal((await sender.send({ id: 'msg_1', url: receiver.url, body }, NEVER)).ok, true);
    await assert.rejects(sender.send({ id: 'msg_1', url: receiver.url, body: `${body}x` }, NEVER), TypeError);
    assert.equal(receiver.messages.length, 1);
  });

  test('an attempt broken off by a stop is no outcome', async (t) => {
    const receiver = await startReceiver(t);
    const { sender, send } = openSender(t, { allow: receiver.host });
    receiver.answer = () => hang();
    const stop = new AbortController();
    const cancelled = (error: unknown): boolean => error instanceof AppError && error.code === 'cancelled';
    const [stopped, closed] = [send(receiver.url, stop.signal), send(receiver.url)];
    const both = Promise.all([assert.rejects(stopped, cancelled), assert.rejects(closed, cancelled)]);
    await Promise.all([receiver.next(), receiver.next()]);
    stop.abort();
    await sender.close();
    await both;
  });
});

test('a receiver that fails, asks to wait, hangs, resets and recovers gets one message, signed anew each time', async (t) => {
  const receiver = await startReceiver(t);
  const { send, clock, secrets } = openSender(t, { allow: receiver.host, limits: { totalTimeoutMs: 200 } });
  const answers: readonly ReturnType<Answer>[] = [
    { status: 500 },
    { status: 503, headers: { 'retry-after': '600' } },
    hang(),
    resetAtOnce(),
    { status: 200 },
  ];
  receiver.answer = (n) => answers[n - 1] ?? { status: 200 };
  const start = clock.now;
  const made: unknown[] = [];
  for (let tries = 1; ; tries += 1) {
    const { ok, answerCode, retryAfterMs } = await send(receiver.url);
    made.push([(clock.now - start) / 1000, answerCode]);
    const message = await receiver.next();
    assert.deepEqual([message.id, message.body], ['msg_1', BODY]);
    assert.equal(message.timestamp, String(Math.floor(clock.now / 1000)));
    verify(message, secrets, clock.now);
    if (ok) break;
    clock.now += nextDeliveryDelayMs({ kind: 'webhook', tries, retryAfterMs, random: () => 0.5 }) ?? assert.fail();
  }
  // 5 s; ten minutes as asked instead of five; half an hour; two hours.
  assert.deepEqual(made, [
    [0, 500],
    [5, 503],
    [605, null],
    [2_405, null],
    [9_605, 200],
  ]);
});
