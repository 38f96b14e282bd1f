import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { createLogger } from '../../src/core/log.ts';
import { DEFAULT_OPTIONS } from '../../src/core/options.ts';
import type { Backoff } from '../../src/work/next-step.ts';
import { OUTSIDE_CHUNKS, OutsidePool } from '../../src/work/outside-pool.ts';
import type { ChunkTask, ImageFailure, ImageResult } from '../../src/work/press-messages.ts';
import { processorPoster } from '../../src/work/processor-poster.ts';
import { SECRET } from '../helpers/signed-message.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const REQUEST = '0f8fad5b-d9cb-469f-a165-70867728950e';
const NOW = Date.now();

const chunkOf = (chunkId: string, ...ordinals: number[]): ChunkTask => ({
  chunkId,
  requestId: REQUEST,
  options: { ...DEFAULT_OPTIONS, quality: 60, maxWidth: 800 },
  images: ordinals.map((ordinal) => ({
    ordinal,
    row: ordinal,
    n: 1,
    url: `https://shop.example/${ordinal}.jpg`,
    claim: 7,
  })),
});

interface Bench {
  readonly pool: OutsidePool;
  /** The next result; waits for it. */
  readonly result: () => Promise<{ chunkId: string; failure: ImageFailure }>;
  /** Resolves when the pool has room (again). */
  readonly room: () => Promise<void>;
}

const open = async (
  t: TestContext,
  url: string,
  { timeoutMs = 60_000, backoff = () => 0 }: { timeoutMs?: number; backoff?: Backoff } = {},
): Promise<Bench> => {
  const results: { chunkId: string; failure: ImageFailure }[] = [];
  let wake = (): void => {};
  const until = async <T>(look: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const pool = new OutsidePool(
    {
      processor: { url, timeoutMs, callbackUrl: 'https://halve.example/webhook-completed' },
      poster: processorPoster(url, 'Halve/test'),
      secrets: [SECRET],
      now: () => NOW,
      backoff,
      log: createLogger('silent'),
    },
    {
      hungry: () => wake(),
      result: (chunkId: string, result: ImageResult) => {
        assert.ok(!result.ok);
        results.push({ chunkId, failure: result });
        wake();
      },
      unfinished: () => assert.fail('nothing crashes here'),
      gone: () => assert.fail('there are no processes here'),
    },
  );
  t.after(() => pool.stop());
  await pool.start();
  return {
    pool,
    result: () => until(() => results.shift()),
    room: () => until(() => (pool.hungry ? true : undefined)).then(() => {}),
  };
};

test('a chunk is posted signed, with all a processor needs', async (t) => {
  const processor = await startReceiver(t);
  const { pool } = await open(t, processor.url);
  pool.give(chunkOf('17', 1, 3));
  pool.give(chunkOf('18', 4));
  const messages = [await processor.next(), await processor.next()];
  const [first] = messages;
  assert.ok(first);
  assert.equal(first.headers['content-type'], 'application/json');
  const expected = {
    type: 'images.process',
    timestamp: new Date(NOW).toISOString(),
    request_id: REQUEST,
    chunk_id: '17',
    callback_url: 'https://halve.example/webhook-completed',
    options: { target: 0.5, quality: 60, format: 'same', max_width: 800, max_height: null, tolerant: false },
    images: [
      { file_id: `${REQUEST}-1`, input_url: 'https://shop.example/1.jpg' },
      { file_id: `${REQUEST}-3`, input_url: 'https://shop.example/3.jpg' },
    ],
  };
  assert.deepEqual(new Webhook(SECRET).verify(first.body, { ...first.headers }), expected);
  assert.equal(new Set(messages.map(({ id }) => id)).size, 2);
});

test('a chunk that is not taken fails, each of its images, and may be tried again', async (t) => {
  const processor = await startReceiver(t);
  const { pool, result, room } = await open(t, processor.url);
  const answers = [
    [301, 'Moved Permanently'],
    [401, 'Unauthorized'],
    [404, 'Not Found'],
    [410, 'Gone'],
    [413, 'Payload Too Large'],
    [500, 'Internal Server Error'],
    [503, 'Service Unavailable'],
  ] as const;
  for (const [status, name] of answers) {
    processor.answer = () => ({
      status,
      headers: { 'retry-after': '7', location: processor.url },
      body: 'secret words',
    });
    pool.give(chunkOf(`c${status}`, 1, 2));
    for (const ordinal of [1, 2]) {
      const { chunkId, failure } = await result();
      assert.deepEqual(
        [chunkId, failure.ordinal, failure.claim, failure.code, failure.retryable, failure.retryAfterMs, failure.group],
        [`c${status}`, ordinal, 7, 'processor_unreachable', true, 7_000, String(status)],
      );
      assert.equal(
        failure.message,
        `The outside image processor did not take the image: it answered ${status} ${name}.`,
      );
    }
    await room();
  }
  assert.equal(processor.messages.length, answers.length);
});

test('a processor that is not there, or breaks off, did not take the chunk', async (t) => {
  const processor = await startReceiver(t);
  const { pool, result, room } = await open(t, processor.url);
  processor.answer = () => (_request, response) => response.destroy();
  pool.give(chunkOf('1', 1));
  assert.equal((await result()).failure.code, 'processor_unreachable');
  await room();
  await processor.die();
  pool.give(chunkOf('2', 1));
  const { failure } = await result();
  assert.deepEqual([failure.code, failure.group], ['processor_unreachable', 'connection_failed']);
  // Where it listens is nobody's business.
  assert.doesNotMatch(failure.message, /127\.0\.0\.1/);
});

test('what was taken and is not answered in time fails, image by image', async (t) => {
  const processor = await startReceiver(t);
  const { pool, result } = await open(t, processor.url, { timeoutMs: 40 });
  pool.give(chunkOf('1', 1, 2, 3));
  await processor.next();
  pool.forget('1', [2, 99]);
  const failures = [await result(), await result()].map(({ failure }) => [failure.ordinal, failure.code]);
  assert.deepEqual(failures, [
    [1, 'processor_timed_out'],
    [3, 'processor_timed_out'],
  ]);
});

test('a bounded number of chunks is out; answered and dropped ones make room', async (t) => {
  const processor = await startReceiver(t);
  const { pool, room } = await open(t, processor.url);
  for (let i = 1; i <= OUTSIDE_CHUNKS; i += 1) {
    assert.ok(pool.hungry && pool.quarantineFree);
    pool.give(chunkOf(String(i), i, i + 10));
  }
  assert.ok(!pool.hungry && !pool.quarantineFree);
  for (let i = 1; i <= OUTSIDE_CHUNKS; i += 1) await processor.next();
  pool.forget('1', [1]);
  assert.ok(!pool.hungry);
  pool.forget('1', [11]);
  await room();
  pool.giveAlone(chunkOf('5', 5));
  assert.ok(!pool.hungry);
  pool.drop('2');
  await room();
  await pool.stop();
  assert.ok(!pool.hungry);
});

test('after a chunk that was not taken nothing is posted for a while, longer each time', async (t) => {
  const processor = await startReceiver(t);
  const rests: [number, number | null][] = [];
  const backoff: Backoff = (tries, retryAfterMs) => {
    rests.push([tries, retryAfterMs]);
    return 1;
  };
  // A chunk that runs out of time was taken before.
  const { pool, result, room } = await open(t, processor.url, { backoff, timeoutMs: 10 });
  processor.answer = (n) => ({ status: n === 4 ? 202 : 503, ...(n === 2 && { headers: { 'retry-after': '30' } }) });
  const codes: string[] = [];
  for (let n = 1; n <= 5; n += 1) {
    pool.give(chunkOf(String(n), n));
    codes.push((await result()).failure.code);
    assert.equal(pool.hungry, n === 4);
    await room();
  }
  assert.equal(codes[3], 'processor_timed_out');
  assert.deepEqual(rests, [
    [1, null],
    [2, 30_000],
    [3, null],
    [1, null],
  ]);
});

test('a metadata service, or a password in the address, is refused; anything else private is the operator’s choice', async () => {
  for (const url of ['http://169.254.169.254/x', 'http://metadata.google.internal/', 'http://a:b@proc.internal/']) {
    assert.throws(() => processorPoster(url, 'x'), { code: 'invalid_settings' });
  }
  for (const url of [
    'http://localhost:4000/process',
    'https://10.1.2.3',
    'http://[::1]:4000',
    'https://proc.internal/x',
  ]) {
    await processorPoster(url, 'x').close();
  }
});

test('stopping breaks off posts that are under way', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = createServer((request) => {
    arrived.resolve();
    request.socket.once('close', () => closed.resolve());
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { pool } = await open(t, `http://127.0.0.1:${port}`);
  pool.give(chunkOf('1', 1));
  await arrived.promise;
  await pool.stop();
  await closed.promise;
});
