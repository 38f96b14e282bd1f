/** G6 of the reliability plan: whatever breaks, a file is whole or there is none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { S3Store } from '../../src/store/s3-store.ts';
import { readAll } from '../conformance/blob-store.ts';
import type { S3Fault } from '../helpers/s3-faults.ts';
import { always, error, failure, first, IMPATIENT, openFront } from '../helpers/s3-front-store.ts';

const KEY = 'images/r1/1-1-a-output.jpg';
const CSV_KEY = 'csvfile/r1_output.csv';
const JPEG = { contentType: 'image/jpeg' };
const CSV = { contentType: 'text/csv' };
const BYTES = Buffer.from(Array.from({ length: 600_000 }, (_, i) => i % 251));

describe('S3 that fails and recovers', () => {
  const faults: readonly [string, S3Fault][] = [
    ['answers 500', error(500, 'InternalError')],
    ['answers 503 SlowDown', error(503, 'SlowDown')],
    ['resets the connection in the middle of the upload', { kind: 'reset-upload' }],
  ];
  for (const [what, fault] of faults) {
    test(`a file is stored although S3 ${what} twice`, async (t) => {
      const { front, store } = await openFront(t);
      front.misbehave(first(2, fault));
      await store.put(KEY, BYTES, JPEG);
      assert.equal(front.requests.length, 3);
      assert.ok((await readAll(store, KEY))?.equals(BYTES));
    });
  }

  test('a file is stored although S3 does not answer the first time', async (t) => {
    const { front, store } = await openFront(t, IMPATIENT);
    front.misbehave(first(1, { kind: 'hang' }));
    await store.put(KEY, Buffer.from('small'), JPEG);
    assert.equal((await readAll(store, KEY))?.toString(), 'small');
  });

  test('an answer that comes late, but in time, is one try', async (t) => {
    const { front, store } = await openFront(t);
    front.misbehave(always({ kind: 'wait', until: setTimeout(200) }));
    await store.put(KEY, BYTES, JPEG);
    assert.equal(front.requests.length, 1);
  });

  test('an outage ends every call in time, and the end of it needs no restart', async (t) => {
    const { front, store } = await openFront(t);
    await store.put(KEY, BYTES, JPEG);
    await front.down();
    const unreachable = failure('unavailable', /cannot be reached|broke the connection/);
    await assert.rejects(store.put(KEY, BYTES, JPEG), unreachable);
    await assert.rejects(store.open(KEY), unreachable);
    await assert.rejects(store.remove('images/r1/'), unreachable);
    await assert.rejects(store.check(), unreachable);
    await front.up();
    await store.check();
    assert.ok((await readAll(store, KEY))?.equals(BYTES));
  });

  test('nothing is seen of an upload that breaks off for good', async (t) => {
    const { server, front, store } = await openFront(t);
    front.misbehave(always({ kind: 'reset-upload' }));
    await assert.rejects(store.put(KEY, BYTES, JPEG), failure('unavailable', /broke the connection/));
    assert.equal(await new S3Store(server.location).open(KEY), null);
  });
});

describe('S3 that breaks while it is read', () => {
  test('a download that breaks or falls silent goes on where it was', async (t) => {
    const { front, store } = await openFront(t);
    await store.put(KEY, BYTES, JPEG);
    front.misbehave(first(2, { kind: 'reset-answer' }));
    assert.ok((await readAll(store, KEY))?.equals(BYTES));
    assert.equal(front.requests.filter((request) => request.startsWith('GET')).length, 3);
    front.misbehave(first(1, { kind: 'stall-answer' }));
    const impatient = new S3Store(front.location, IMPATIENT);
    assert.ok((await readAll(impatient, KEY))?.equals(BYTES));
  });

  test('one that always breaks ends with an error, not with a short file', async (t) => {
    const { front, store } = await openFront(t);
    await store.put(KEY, BYTES, JPEG);
    front.misbehave(always({ kind: 'reset-answer' }));
    await assert.rejects(readAll(store, KEY), failure('unavailable', /broke the connection/));
  });

  test('a download that breaks before its reader begins is fetched again', async (t) => {
    const { front, store } = await openFront(t);
    await store.put(KEY, BYTES, JPEG);
    const blob = await store.open(KEY);
    await blob?.close();
    assert.ok(blob !== null);
    assert.ok(Buffer.concat(await Array.fromAsync<Uint8Array>(blob.stream())).equals(BYTES));
    assert.equal(front.requests.filter((request) => request.startsWith('GET')).length, 2);
  });

  test('a file that was replaced meanwhile is not glued together from two', async (t) => {
    const { front, store } = await openFront(t);
    await store.put(KEY, BYTES, JPEG);
    front.misbehave((_, n) => (n === 1 ? { kind: 'reset-answer' } : error(412, 'PreconditionFailed')));
    await assert.rejects(readAll(store, KEY), failure(undefined, /replaced/));
  });

  test('a slow reader is not cut off', async (t) => {
    const { front, store } = await openFront(t, IMPATIENT);
    await store.put(KEY, BYTES, JPEG);
    const stream = (await store.open(KEY))?.stream();
    assert.ok(stream !== undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunks.length === 1) await setTimeout(IMPATIENT.silenceMs * 2);
    }
    assert.ok(Buffer.concat(chunks).equals(BYTES));
    assert.equal(front.requests.filter((request) => request.startsWith('GET')).length, 1);
  });
});

describe('S3 that breaks in the middle of parts', () => {
  const content = async function* () {
    for (let i = 0; i < 20; i++) yield Buffer.alloc(1024 * 1024, i);
  };
  const isPart = (url: string | undefined, part: number): boolean => url?.includes(`partNumber=${part}`) === true;
  const isEnd = ({ method, url }: { method?: string | undefined; url?: string | undefined }): boolean =>
    method === 'POST' && url?.includes('uploadId=') === true;

  test('a part is sent again', async (t) => {
    const { front, store } = await openFront(t);
    front.misbehave((request, n) => (n < 4 && isPart(request.url, 2) ? { kind: 'reset-upload' } : null));
    assert.equal(await store.putStream(CSV_KEY, content(), CSV), 20 * 1024 * 1024);
    assert.equal((await readAll(store, CSV_KEY))?.length, 20 * 1024 * 1024);
  });

  for (const [what, isHit] of [
    ['a part', (request: { url?: string | undefined }) => isPart(request.url, 2)],
    ['the end', isEnd],
  ] as const) {
    test(`when ${what} is refused, the parts are removed, the rest is not read, the old file stays`, async (t) => {
      const { front, store } = await openFront(t);
      await store.put(CSV_KEY, Buffer.from('old'), CSV);
      front.misbehave((request) => (isHit(request) ? error(403, 'AccessDenied') : null));
      await assert.rejects(store.putStream(CSV_KEY, content(), CSV), failure('refused', /s3:PutObject/));
      assert.match(front.requests.at(-1) ?? '', /^DELETE .*uploadId=/);
      assert.ok(what === 'the end' || !front.requests.some((request) => isPart(request, 3)));
      front.misbehave(null);
      assert.equal((await readAll(store, CSV_KEY))?.toString(), 'old');
    });
  }

  test('what the source throws is told, also when tidying up fails', async (t) => {
    const { front, store } = await openFront(t);
    const broken = async function* () {
      yield* content();
      throw new Error('source broke');
    };
    front.misbehave((request) => (request.method === 'DELETE' ? error(403, 'AccessDenied') : null));
    await assert.rejects(store.putStream(CSV_KEY, broken(), CSV), /source broke/);
  });
});
