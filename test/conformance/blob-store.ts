/** What every BlobStore must do; run on each implementation with a store that is empty. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { BlobStore } from '../../src/store/blob-store.ts';

/** Makes an empty store that takes keys below `images/` and `csvfile/`; cleans up through `t.after`. */
export type StoreFactory = (t: TestContext) => Promise<BlobStore>;

const JPEG = { contentType: 'image/jpeg' };
const CSV = { contentType: 'text/csv' };

export const readAll = async (store: BlobStore, key: string): Promise<Buffer | null> => {
  const blob = await store.open(key);
  return blob === null ? null : Buffer.concat(await Array.fromAsync<Uint8Array>(blob.stream()));
};

export const exerciseBlobStore = (name: string, makeStore: StoreFactory): void => {
  describe(`BlobStore conformance: ${name}`, () => {
    test('gives back what was put', async (t) => {
      const store = await makeStore(t);
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 251));
      await store.put('images/r1/1-1-a-output.jpg', bytes, JPEG);
      const blob = await store.open('images/r1/1-1-a-output.jpg');
      assert.ok(blob !== null);
      assert.equal(blob.size, bytes.length);
      assert.ok(Math.abs(blob.modifiedAt.getTime() - Date.now()) < 60_000);
      assert.deepEqual(Buffer.concat(await Array.fromAsync<Uint8Array>(blob.stream())), bytes);
    });

    test('keeps empty files apart from missing ones', async (t) => {
      const store = await makeStore(t);
      await store.put('csvfile/empty_output.csv', Buffer.alloc(0), CSV);
      assert.deepEqual(await readAll(store, 'csvfile/empty_output.csv'), Buffer.alloc(0));
      assert.equal(await store.open('csvfile/missing_output.csv'), null);
      assert.equal(await store.open('images/no/such/folder.jpg'), null);
    });

    test('overwrites; a reader of the old file reads the old file to its end', async (t) => {
      const store = await makeStore(t);
      const key = 'images/r1/2-1-b-output.jpg';
      await store.put(key, Buffer.alloc(200_000, 'old'), JPEG);
      const old = await store.open(key);
      assert.ok(old !== null);
      await store.put(key, Buffer.from('new'), JPEG);
      assert.deepEqual(Buffer.concat(await Array.fromAsync<Uint8Array>(old.stream())), Buffer.alloc(200_000, 'old'));
      assert.equal((await readAll(store, key))?.toString(), 'new');
    });

    test('streams ranges, both ends included', async (t) => {
      const store = await makeStore(t);
      await store.put('images/r1/3-1-c-output.jpg', Buffer.from('0123456789'), JPEG);
      for (const [start, end, expected] of [
        [0, 0, '0'],
        [2, 5, '2345'],
        [9, 9, '9'],
        [0, 9, '0123456789'],
      ] as const) {
        const blob = await store.open('images/r1/3-1-c-output.jpg');
        assert.ok(blob !== null);
        const text = Buffer.concat(await Array.fromAsync<Uint8Array>(blob.stream({ start, end }))).toString();
        assert.equal(text, expected);
      }
    });

    test('an opened file can be closed unread', async (t) => {
      const store = await makeStore(t);
      await store.put('images/r1/4-1-d-output.jpg', Buffer.from('x'), JPEG);
      const blob = await store.open('images/r1/4-1-d-output.jpg');
      await blob?.close();
      assert.equal((await readAll(store, 'images/r1/4-1-d-output.jpg'))?.toString(), 'x');
    });

    test('putStream counts the bytes and shows nothing before the end', async (t) => {
      const store = await makeStore(t);
      const key = 'csvfile/r2_output.csv';
      const seen: (Buffer | null)[] = [];
      async function* lines() {
        for (let i = 0; i < 50; i++) {
          yield Buffer.from(`line ${i}\n`);
          if (i % 10 === 0) seen.push(await readAll(store, key));
        }
      }
      const written = await store.putStream(key, lines(), CSV);
      const stored = await readAll(store, key);
      assert.equal(written, stored?.length);
      assert.ok(stored?.toString().endsWith('line 49\n'));
      assert.deepEqual(seen, [null, null, null, null, null]);
    });

    test('a stream that fails leaves nothing, and the old file stays', async (t) => {
      const store = await makeStore(t);
      const broken = async function* () {
        yield Buffer.from('half');
        throw new Error('source broke');
      };
      await assert.rejects(store.putStream('csvfile/r3_output.csv', broken(), CSV), /source broke/);
      assert.equal(await store.open('csvfile/r3_output.csv'), null);
      await store.put('csvfile/r3_output.csv', Buffer.from('whole'), CSV);
      await assert.rejects(store.putStream('csvfile/r3_output.csv', broken(), CSV), /source broke/);
      assert.equal((await readAll(store, 'csvfile/r3_output.csv'))?.toString(), 'whole');
    });

    test('removes one file, a whole request, and what is not there', async (t) => {
      const store = await makeStore(t);
      const keys = ['images/r4/1-1-a-output.jpg', 'images/r4/1-2-b-output.jpg', 'images/r44/1-1-a-output.jpg'];
      for (const key of keys) await store.put(key, Buffer.from(key), JPEG);
      await store.put('csvfile/r4_output.csv', Buffer.from('csv'), CSV);
      await store.remove('images/r4/1-2-b-output.jpg');
      assert.equal(await store.open('images/r4/1-2-b-output.jpg'), null);
      assert.ok((await readAll(store, 'images/r4/1-1-a-output.jpg')) !== null);
      await store.remove('images/r4/');
      assert.equal(await store.open('images/r4/1-1-a-output.jpg'), null);
      assert.ok((await readAll(store, 'images/r44/1-1-a-output.jpg')) !== null, 'a neighbour whose id begins alike');
      assert.ok((await readAll(store, 'csvfile/r4_output.csv')) !== null);
      await store.remove('images/r4/');
      await store.remove('images/never/1-1-a-output.jpg');
      await store.put('images/r4/1-1-a-output.jpg', Buffer.from('again'), JPEG);
      assert.equal((await readAll(store, 'images/r4/1-1-a-output.jpg'))?.toString(), 'again');
    });

    test('refuses keys that are no keys', async (t) => {
      const store = await makeStore(t);
      const bad = ['', 'images', '/etc/passwd', '../x/y', 'images/../../x', 'images//x', 'images/.x', 'images/a\\b'];
      for (const key of [...bad, 'images/a\0b', 'images/a b', 'images/ü', 'images/a.', `images/${'a'.repeat(300)}`]) {
        await assert.rejects(store.put(key, Buffer.from('x'), JPEG), TypeError, key);
        await assert.rejects(store.open(key), TypeError, key);
      }
      await assert.rejects(store.remove('../'), TypeError);
      await assert.rejects(store.remove('/'), TypeError);
    });

    test('50 writers of one key at once: every read is absent or complete', async (t) => {
      const store = await makeStore(t);
      const key = 'images/r5/1-1-a-output.jpg';
      const bodies = Array.from({ length: 50 }, (_, i) => Buffer.alloc(60_000 + i, `body ${i} `));
      const known = new Set(bodies.map(digest));
      let isDone = false;
      const reads: string[] = [];
      const reader = async () => {
        while (!isDone) {
          const bytes = await readAll(store, key);
          if (bytes !== null) reads.push(digest(bytes));
        }
      };
      const readers = [reader(), reader()];
      await Promise.all(bodies.map((body) => store.put(key, body, JPEG)));
      isDone = true;
      await Promise.all(readers);
      assert.ok(reads.every((hash) => known.has(hash)));
      const last = await readAll(store, key);
      assert.ok(last !== null && known.has(digest(last)));
    });

    test('check passes and leaves nothing behind', async (t) => {
      const store = await makeStore(t);
      await store.check();
      await store.check();
    });
  });
};

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
