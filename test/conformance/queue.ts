/** What every queue engine must do; run on each of them. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Database, Trx } from '../../src/db/open-database.ts';
import type { NewJob, Queue } from '../../src/queue/queue.ts';

/** A started queue of its own for one test, on a clock the test sets. */
export interface QueueBench {
  readonly queue: Queue;
  readonly database: Database;
  readonly clock: { now: number };
  /** A second queue on the same data, as after a restart of a killed process; not started. */
  readonly restarted: () => Queue;
}

const chunk = (rid: number, ...ordinals: number[]): NewJob => ({
  kind: 'images',
  rid,
  payload: { ordinals, solo: false, retry: false },
});

const inTransaction = <T>({ database }: QueueBench, work: (trx: Trx) => Promise<T>): Promise<T> =>
  database.write.transaction().execute(work);

export const exerciseQueue = (name: string, open: (t: TestContext) => Promise<QueueBench>): void => {
  test(`${name}: hands out what was enqueued, once`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(1, 1, 2), chunk(1, 3)]));
    const [first, ...none] = await bench.queue.take('images', 1);
    assert.deepEqual(first?.payload.ordinals, [1, 2]);
    assert.equal(none.length, 0);
    assert.deepEqual(
      (await bench.queue.take('images', 10)).map((job) => job.payload.ordinals),
      [[3]],
    );
    assert.deepEqual(await bench.queue.take('images', 10), []);
  });

  test(`${name}: tells what waits of each kind, and how long the oldest due entry has`, async (t) => {
    const bench = await open(t);
    const { queue, clock } = bench;
    const start = clock.now;
    const late = { ...chunk(1, 2), runAt: start + 2_000 };
    await inTransaction(bench, (trx) =>
      queue.enqueue(trx, [chunk(1, 1), late, { kind: 'finish', rid: 1, payload: {} }]),
    );
    const depth = async (kind: string) => {
      const { entries, oldestDueMs } = (await queue.depths()).find((one) => one.kind === kind) ?? {};
      return [entries, oldestDueMs];
    };
    assert.deepEqual(await depth('remove'), [0, 0]);
    clock.now = start + 1_000;
    assert.deepEqual(await depth('images'), [2, 1_000]);
    await queue.take('images', 1);
    assert.deepEqual(await depth('images'), [1, 0]);
    clock.now = start + 2_500;
    assert.deepEqual(await depth('images'), [1, 500]);
    assert.deepEqual(await depth('finish'), [1, 2_500]);
  });

  test(`${name}: an entry of a transaction that is rolled back never existed`, async (t) => {
    const bench = await open(t);
    const rolledBack = inTransaction(bench, async (trx) => {
      await bench.queue.enqueue(trx, [chunk(1, 1)]);
      throw new Error('changed my mind');
    });
    await assert.rejects(rolledBack, /changed my mind/);
    assert.deepEqual(await bench.queue.take('images', 1), []);
  });

  test(`${name}: completing takes part in the caller's transaction and works once`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(1, 1)]));
    const [job] = await bench.queue.take('images', 1);
    assert.ok(job);
    await assert.rejects(
      inTransaction(bench, async (trx) => {
        assert.equal(await bench.queue.complete(trx, job), true);
        throw new Error('crash before commit');
      }),
    );
    assert.equal(await inTransaction(bench, (trx) => bench.queue.complete(trx, job)), true);
    assert.equal(await inTransaction(bench, (trx) => bench.queue.complete(trx, job)), false);
  });

  test(`${name}: an entry waits for its time`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [{ ...chunk(1, 1), runAt: bench.clock.now + 5_000 }]));
    assert.deepEqual(await bench.queue.take('images', 1), []);
    bench.clock.now += 5_000;
    assert.equal((await bench.queue.take('images', 1)).length, 1);
  });

  test(`${name}: a released entry comes again, unchanged, at its time`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(1, 1, 2, 3)]));
    const [job] = await bench.queue.take('images', 1);
    assert.ok(job);
    await bench.queue.release(job, bench.clock.now + 1_000);
    assert.deepEqual(await bench.queue.take('images', 1), []);
    bench.clock.now += 1_000;
    assert.deepEqual((await bench.queue.take('images', 1))[0]?.payload, job.payload);
  });

  test(`${name}: a small request does not wait behind a large one`, async (t) => {
    const bench = await open(t);
    const large = Array.from({ length: 20 }, (_, i) => chunk(1, i));
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, large));
    await bench.queue.take('images', 4);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(2, 1)]));
    assert.deepEqual(
      (await bench.queue.take('images', 1)).map((job) => job.rid),
      [2],
    );
  });

  test(`${name}: what a killed process had claimed is handed out again after a restart`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(1, 7)]));
    await bench.queue.take('images', 1);
    await bench.queue.stop();
    const restarted = bench.restarted();
    t.after(() => restarted.stop());
    assert.deepEqual(await restarted.take('images', 1), []);
    await restarted.start();
    assert.deepEqual((await restarted.take('images', 1))[0]?.payload.ordinals, [7]);
  });

  test(`${name}: listeners hear of new work of their kind, until they end`, async (t) => {
    const bench = await open(t);
    const heard = new EventEmitter();
    const counts = { images: 0, finish: 0 };
    const stop = bench.queue.onWork('images', () => {
      counts.images += 1;
      heard.emit('images');
    });
    bench.queue.onWork('finish', () => {
      counts.finish += 1;
      heard.emit('finish');
    });
    const images = once(heard, 'images');
    await inTransaction(bench, (trx) => bench.queue.enqueue(trx, [chunk(1, 1)]));
    await images;
    stop();
    const before = counts.images;
    const finish = once(heard, 'finish');
    await inTransaction(bench, (trx) =>
      bench.queue.enqueue(trx, [chunk(1, 2), { kind: 'finish', rid: 1, payload: {} }]),
    );
    await finish;
    assert.equal(counts.images, before);
  });

  test(`${name}: kinds do not mix`, async (t) => {
    const bench = await open(t);
    await inTransaction(bench, (trx) =>
      bench.queue.enqueue(trx, [{ kind: 'remove', rid: 3, payload: { requestId: 'r3' } }]),
    );
    assert.deepEqual(await bench.queue.take('images', 5), []);
    assert.deepEqual(await bench.queue.take('finish', 5), []);
    assert.deepEqual(
      (await bench.queue.take('remove', 5)).map((job) => job.payload),
      [{ requestId: 'r3' }],
    );
  });
};
