import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { getRequest } from '../../src/db/requests.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { chunkSize, queueChunks } from '../../src/work/chunks.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshRequest } from '../helpers/fresh-request.ts';

test('a chunk has 1 to 32 images, and small requests leave some for every press', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 64 }), (left, presses) => {
      const size = chunkSize(left, presses);
      assert.ok(size >= 1 && size <= 32 && size <= left);
      if (left >= presses) assert.ok(size * presses <= left, `${presses} presses get something of ${left}`);
    }),
  );
});

test('the queue holds a few chunks of a request at a time, each image once, and in the end all', async (t) => {
  const database = await freshDatabase(t);
  const urls = Array.from({ length: 700 }, (_, n) => `http://shop.example/${n % 650}.jpg`);
  const { rid } = await freshRequest(database, [urls.slice(0, 100), urls.slice(100)]);
  const queue = new SqliteQueue(database);
  const handed: number[] = [];
  for (;;) {
    const open = await database.write.transaction().execute(async (trx) => {
      const request = await getRequest(trx, rid);
      assert.ok(request);
      await queueChunks(trx, queue, request, 2);
      return (await getRequest(trx, rid))?.open_chunks ?? 0;
    });
    assert.ok(open <= 16, `${open} chunks open`);
    const [job] = await queue.take('images', 1);
    if (job === undefined) break;
    handed.push(...job.payload.ordinals);
    await database.write.transaction().execute(async (trx) => {
      assert.ok(await queue.complete(trx, job));
      await trx
        .updateTable('requests')
        .set({ open_chunks: open - 1 })
        .where('rid', '=', rid)
        .execute();
    });
  }
  assert.deepEqual(
    handed,
    Array.from({ length: 650 }, (_, n) => n + 1),
  );
});

test('copies behind the last image are not looked through again with each chunk that ends', async (t) => {
  const database = await freshDatabase(t);
  const { rid } = await freshRequest(database, [Array.from({ length: 50 }, () => 'http://shop.example/1.jpg')]);
  const queue = new SqliteQueue(database);
  const request = await database.write.transaction().execute(async (trx) => {
    const before = await getRequest(trx, rid);
    assert.ok(before);
    await queueChunks(trx, queue, before, 1);
    return getRequest(trx, rid);
  });
  assert.deepEqual([request?.open_chunks, request?.cursor], [1, 50]);
});
