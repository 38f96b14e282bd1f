import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { S3Store } from '../../src/store/s3-store.ts';
import type { S3Location } from '../../src/store/storage-url.ts';
import { exerciseBlobStore, readAll } from '../conformance/blob-store.ts';
import { locationAt, startS3Server } from '../helpers/s3-server.ts';

const JPEG = { contentType: 'image/jpeg' };
const CSV = { contentType: 'text/csv; charset=utf-8', downloadName: 'Frühling_output.csv' };
const MEGABYTE = 1024 * 1024;

const freshStore = async (t: TestContext, settings: Partial<S3Location> = {}) => {
  const server = await startS3Server(t);
  const bucketUrl = `${server.url}/${server.location.bucket}`;
  return { server, bucketUrl, store: new S3Store(locationAt(server.url, settings)) };
};

exerciseBlobStore('S3Store', async (t) => (await freshStore(t)).store);
exerciseBlobStore('S3Store with a prefix', async (t) => (await freshStore(t, { prefix: 'shop/halve/' })).store);

/** Content of `bytes` bytes whose every MiB differs, made as it is asked for. */
async function* generated(bytes: number): AsyncGenerator<Buffer> {
  const size = 64 * 1024;
  for (let made = 0; made < bytes; made += size) yield Buffer.alloc(Math.min(size, bytes - made), made / MEGABYTE);
}

describe('S3Store', () => {
  test('keeps with each object the headers it is served with', async (t) => {
    const { store, bucketUrl } = await freshStore(t);
    await store.put('images/r1/1-1-a-output.jpg', Buffer.from('image'), JPEG);
    await store.putStream('csvfile/r1_output.csv', generated(10), CSV);
    const image = await fetch(`${bucketUrl}/images/r1/1-1-a-output.jpg`);
    assert.equal(image.headers.get('content-type'), 'image/jpeg');
    assert.equal(image.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(image.headers.get('content-disposition'), null);
    assert.equal(await image.text(), 'image');
    const csv = await fetch(`${bucketUrl}/csvfile/r1_output.csv`);
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(csv.headers.get('cache-control'), 'no-cache');
    const disposition = csv.headers.get('content-disposition') ?? '';
    assert.match(disposition, /^attachment; filename=.*filename\*=UTF-8''Fr%C3%BChling_output\.csv$/);
    await csv.body?.cancel();
  });

  test('puts everything under the prefix, and removes nothing outside of it', async (t) => {
    const { server, bucketUrl, store } = await freshStore(t, { prefix: 'shop/' });
    const beside = new S3Store(server.location);
    await beside.put('images/r1/1-1-a-output.jpg', Buffer.from('beside'), JPEG);
    await store.put('images/r1/1-1-a-output.jpg', Buffer.from('inside'), JPEG);
    assert.equal(await (await fetch(`${bucketUrl}/shop/images/r1/1-1-a-output.jpg`)).text(), 'inside');
    await store.remove('images/r1/');
    assert.equal(await store.open('images/r1/1-1-a-output.jpg'), null);
    assert.equal((await readAll(beside, 'images/r1/1-1-a-output.jpg'))?.toString(), 'beside');
  });

  test('sends an ACL only when one is asked for, and never asks for checksums in trailers', async (t) => {
    const { server, store } = await freshStore(t);
    await store.put('images/r1/1-1-a-output.jpg', Buffer.from('x'), JPEG);
    await store.putStream('csvfile/r1_output.csv', generated(9 * MEGABYTE), CSV);
    const sent = server.requests.map(({ headers }) => headers);
    assert.ok(sent.length >= 5);
    assert.ok(sent.every((headers) => headers['x-amz-acl'] === undefined && headers['x-amz-trailer'] === undefined));
    assert.ok(sent.every((headers) => headers.expect === undefined && headers['transfer-encoding'] === undefined));
    const open = new S3Store(locationAt(server.url, { acl: 'public-read' }));
    server.requests.splice(0);
    await open.put('images/r1/1-1-a-output.jpg', Buffer.from('x'), JPEG);
    await open.putStream('csvfile/r1_output.csv', generated(9 * MEGABYTE), CSV);
    const [put, create] = server.requests;
    assert.deepEqual([put?.method, put?.headers['x-amz-acl']], ['PUT', 'public-read']);
    assert.deepEqual([create?.method, create?.headers['x-amz-acl']], ['POST', 'public-read']);
  });

  test('writes small streams in one request, large ones in equal parts and the rest', async (t) => {
    const { server, store } = await freshStore(t);
    for (const [bytes, requests] of [
      [0, 1],
      [8 * MEGABYTE, 1],
      [8 * MEGABYTE + 1, 4],
      [16 * MEGABYTE, 4],
    ] as const) {
      server.requests.splice(0);
      assert.equal(await store.putStream('csvfile/r2_output.csv', generated(bytes), CSV), bytes);
      assert.equal(server.requests.length, requests, `${bytes} bytes`);
      const stored = await readAll(store, 'csvfile/r2_output.csv');
      const expected = Buffer.concat(await Array.fromAsync(generated(bytes)));
      assert.ok(stored?.equals(expected), `${bytes} bytes come back`);
    }
  });

  test('streams with the memory of one part', async (t) => {
    const { store } = await freshStore(t);
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const inUse = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const before = inUse();
    let peak = 0;
    let made = 0;
    const watched = async function* () {
      for await (const chunk of generated(64 * MEGABYTE)) {
        made += chunk.length;
        if (made % (4 * MEGABYTE) === 0) peak = Math.max(peak, inUse() - before);
        yield chunk;
      }
    };
    assert.equal(await store.putStream('csvfile/r3_output.csv', watched(), CSV), 64 * MEGABYTE);
    // The part, the SDK's copy, and what this process's own S3 server still holds of it.
    assert.ok(peak < 36 * MEGABYTE, `${Math.round(peak / MEGABYTE)} MiB`);
  });

  test('removes a request of 2,500 images, page by page', async (t) => {
    const { server, store } = await freshStore(t);
    const keys = Array.from({ length: 2_500 }, (_, i) => `images/r4/${i}-1-a-output.jpg`);
    await server.plant(keys);
    await store.put('images/r5/1-1-a-output.jpg', Buffer.from('x'), JPEG);
    server.requests.splice(0);
    await store.remove('images/r4/');
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ['GET', 'POST', 'GET', 'POST', 'GET', 'POST'],
    );
    assert.equal(await store.open(keys[0] ?? ''), null);
    assert.equal(await store.open(keys[2_499] ?? ''), null);
    assert.ok((await readAll(store, 'images/r5/1-1-a-output.jpg')) !== null);
  });

  test('a whole file is read in one request, a closed one costs nothing more', async (t) => {
    const { server, store } = await freshStore(t);
    await store.put('images/r1/1-1-a-output.jpg', Buffer.alloc(500_000), JPEG);
    server.requests.splice(0);
    assert.equal((await readAll(store, 'images/r1/1-1-a-output.jpg'))?.length, 500_000);
    assert.equal(server.requests.length, 1);
    await (await store.open('images/r1/1-1-a-output.jpg'))?.close();
    assert.equal(server.requests.length, 2);
  });

  test('slow readers keep nobody waiting', async (t) => {
    const { store } = await freshStore(t);
    await store.put('images/r1/1-1-a-output.jpg', Buffer.alloc(2_000_000), JPEG);
    const open = await Promise.all(Array.from({ length: 60 }, () => store.open('images/r1/1-1-a-output.jpg')));
    await store.put('images/r1/2-1-a-output.jpg', Buffer.from('x'), JPEG);
    for (const blob of open) await blob?.close();
  });

  test('a reader who goes away leaves no download behind', async (t) => {
    const { server, store } = await freshStore(t);
    const key = 'images/r1/1-1-a-output.jpg';
    // More than fits on the way: an answer that nobody reads stays open.
    await store.put(key, Buffer.alloc(40 * MEGABYTE), JPEG);
    const leave = [
      async () => {
        for await (const _chunk of (await store.open(key))?.stream() ?? []) break;
      },
      async () => {
        (await store.open(key))?.stream().destroy();
      },
      async () => {
        (await store.open(key))?.stream({ start: 5, end: 9 }).destroy();
      },
      async () => {
        await (await store.open(key))?.close();
      },
    ];
    for (const way of leave) {
      const closed = server.answered(({ method }) => method === 'GET');
      await way();
      await closed;
    }
  });
});
