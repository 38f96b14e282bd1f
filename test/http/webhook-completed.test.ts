import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { ABC, done, IMG, OUT, startInbound, statusOf } from '../helpers/inbound-service.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { newMessageId, SECRET, sendMessage, signatureHeaders, takenAnswer } from '../helpers/signed-message.ts';

const MINUTE = 60_000;

test('a message is only believed with a good signature of the last five minutes', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  const body = JSON.stringify({ request_id: id, images: [done('a')] });
  const post = (headers: Record<string, string>, text = body): Promise<Response> =>
    fetch(`${server.url}/webhook-completed`, { method: 'POST', body: text, headers });
  const good = signatureHeaders(body);
  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  const attempts = [
    post({}),
    ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => post(without(name))),
    post(good, body.replace('cdn.example', 'evil.example')),
    post({ ...good, 'webhook-id': newMessageId() }),
    post({ ...good, 'webhook-timestamp': String(Number(good['webhook-timestamp']) + 1) }),
    post({ ...good, 'webhook-signature': String(good['webhook-signature']).replace('v1,', 'v2,') }),
    post(signatureHeaders(body, { secret: newWebhookSecret() })),
    post(signatureHeaders(body, { at: new Date(Date.now() - 6 * MINUTE) })),
    post(signatureHeaders(body, { at: new Date(Date.now() + 6 * MINUTE) })),
    // What is not signed is not even read.
    post({}, 'no json'),
  ];
  for (const attempt of attempts) assertProblem(await answerOf(await attempt), 'invalid_signature');
  assert.equal((await statusOf(server.url, id)).progress.done, 0);
  assert.deepEqual(await takenAnswer(post(signatureHeaders(body, { at: new Date(Date.now() - 4 * MINUTE) }))), {
    request_id: id,
    accepted: 1,
    ignored: [],
  });
});

test('any of several secrets may have signed, and no API key is asked for', async (t) => {
  const second = newWebhookSecret();
  const server = await startInbound(t, {
    apiKeys: [{ name: 'shop', key: '0123456789abcdef' }],
    engine: { webhookSecrets: [SECRET, second] },
  });
  const { id } = await server.submit(ABC, { start: 'manual' });
  for (const [name, secret] of [
    ['a', SECRET],
    ['b', second],
  ] as const) {
    const answer = await takenAnswer(sendMessage(server.url, { request_id: id, images: [done(name)] }, { secret }));
    assert.equal(answer.accepted, 1);
  }
});

test('answers under every name the path has', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  for (const path of [
    '/webhook-completed',
    '/webhook-completed/',
    '/api/webhook-completed',
    '/api/webhook-completed/',
  ]) {
    const body = JSON.stringify({ request_id: id, images: [done('zz')] });
    const response = await fetch(server.url + path, { method: 'POST', body, headers: signatureHeaders(body) });
    assert.deepEqual(await takenAnswer(response), {
      request_id: id,
      accepted: 0,
      ignored: [{ input_url: IMG('zz'), reason: 'no image of this request has this address' }],
    });
  }
});

test('a message that cannot be read is told every fault', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  for (const text of [
    '',
    '{',
    '"x"',
    '[]',
    'null',
    '{}',
    '{"request_id":1}',
    '{"request_id":"x","images":null}',
    '\u0000',
  ]) {
    assertProblem(await answerOf(await sendMessage(server.url, text)), 'malformed_request');
  }
  const images = [
    done('a'),
    { output_url: OUT('a') },
    { input_url: IMG('a') },
    { input_url: IMG('a'), output_url: OUT('a'), error: 'both' },
    { input_url: IMG('a'), output_url: 'ftp://cdn.example/a' },
    { input_url: IMG('a'), output_url: 'https://user:word@cdn.example/a' },
    { input_url: IMG('a'), output_url: 'https://cdn.example/a b' },
    { input_url: IMG('a'), output_url: `https://cdn.example/${'a'.repeat(2_048)}` },
    { input_url: IMG('a'), error: '' },
    done('a', { bytes_in: -1, bytes_out: 1.5, width: 'x', quality: 101, format: 'bmp' }),
    7,
  ];
  const problem = assertProblem(
    await answerOf(await sendMessage(server.url, { request_id: id, images })),
    'malformed_request',
  );
  const faults = problem.errors as { field: string; detail: string }[];
  assert.equal(problem.total_errors, faults.length);
  const fields = new Set(faults.map(({ field }) => field));
  for (let i = 1; i < images.length; i += 1)
    assert.ok(
      [...fields].some((field) => field.startsWith(`images[${i}]`)),
      `${i}`,
    );
  for (const name of ['bytes_in', 'bytes_out', 'width', 'quality', 'format'])
    assert.ok(fields.has(`images[9].${name}`));
  assert.ok(![...fields].some((field) => field.startsWith('images[0]')));
  assert.equal((await statusOf(server.url, id)).progress.done, 0);
});

test('many faults are counted, and a hundred listed', async (t) => {
  const server = await startInbound(t);
  const images = Array.from({ length: 300 }, () => ({}));
  const problem = assertProblem(
    await answerOf(await sendMessage(server.url, { request_id: 'x', images })),
    'malformed_request',
  );
  assert.deepEqual([problem.total_errors, (problem.errors as unknown[]).length], [300, 100]);
  const tooMany = await sendMessage(server.url, {
    request_id: 'x',
    images: Array.from({ length: 1_001 }, () => done('a')),
  });
  assert.match(
    String(assertProblem(await answerOf(tooMany), 'malformed_request').detail),
    /1 to 1000 images, got 1001/,
  );
});

test('a message above 1 MB is refused, announced or not, and so is a packed one', async (t) => {
  const server = await startInbound(t);
  const body = JSON.stringify({ request_id: 'x', padding: 'x'.repeat(1_000_000) });
  assertProblem(await answerOf(await sendMessage(server.url, body)), 'message_too_large');
  const headers = signatureHeaders(body);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(body));
      controller.close();
    },
  });
  const init = { method: 'POST', body: stream, headers, duplex: 'half' } as RequestInit;
  assertProblem(await answerOf(await fetch(`${server.url}/webhook-completed`, init)), 'message_too_large');
  const packed = { method: 'POST', body: 'x', headers: { 'content-encoding': 'gzip' } };
  assertProblem(await answerOf(await fetch(`${server.url}/webhook-completed`, packed)), 'unsupported_media_type');
});

test('a message that stops arriving is given up', async (t) => {
  const server = await startInbound(t, { limits: { paceWindowMs: 30, paceBytes: 1_000, lingerMs: 10 } });
  const call = httpRequest(`${server.url}/webhook-completed`, { method: 'POST', headers: { 'content-length': '100' } });
  call.on('error', () => {});
  call.write('{');
  const [response] = await once(call, 'response');
  assert.equal(response.statusCode, 408);
  response.resume();
  call.destroy();
});

/** What the command needs; Windows has none of it. */
const missing = ['bash', 'openssl', 'curl', 'base64', 'od'].filter((name) => spawnSync(name, ['--version']).error);
const skip = missing.length > 0 && `needs ${missing.join(', ')}`;

test('the command in docs/processor.md is taken', { skip }, async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  const page = await readFile(new URL('../../docs/processor.md', import.meta.url), 'utf8');
  const command = /```sh\n(body=[\s\S]*?)```/.exec(page)?.[1];
  assert.ok(command !== undefined);
  const script = command
    .replace(/0f8fad5b-[0-9a-f-]+/, id)
    .replace('http://127.0.0.1:3000', server.url)
    .replace('curl ', 'curl --silent --show-error ');
  const child = spawn('bash', ['-euc', script], { env: { PATH: process.env.PATH ?? '', SECRET } });
  const answer = await text(child.stdout);
  // Its signature is good; there is only nothing to announce yet.
  assert.equal(JSON.parse(answer).code, 'request_running', answer);
});
