import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { failureCounts } from '../../src/db/failures.ts';
import { type ClaimedImage, imagesBetween } from '../../src/db/images.ts';
import { getRequest } from '../../src/db/requests.ts';
import type { SettledImages } from '../../src/metrics/meter.ts';
import { MAX_CRASHES } from '../../src/work/next-step.ts';
import type { Ending } from '../../src/work/settle-results.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { type Bench, failure, settleBench, success } from '../helpers/settle-bench.ts';

test('a success settles the image and every copy of its URL, and counts them all', async (t) => {
  const b = await settleBench(await freshDatabase(t), [['http://a/1', 'http://a/2'], ['http://a/1'], ['http://a/1']]);
  const [image] = await b.claim(1);
  assert.ok(image);
  const after = await b.settle({ kind: 'result', image, result: success(image) });
  assert.deepEqual([after?.done, after?.failed, after?.bytes_in, after?.bytes_out], [3, 0, 3_000, 1_470]);
  const rows = await imagesBetween(b.database.read, b.request.rid, 1, 4);
  assert.deepEqual(
    rows.map((row) => row.state),
    ['COMPLETED', 'PENDING', 'COMPLETED', 'COMPLETED'],
  );
  assert.deepEqual(
    rows.map((row) => row.file),
    ['1.jpg', null, '1.jpg', '1.jpg'],
  );
});

test('a result is taken once, and only under the current claim', async (t) => {
  const b = await settleBench(await freshDatabase(t), [['http://a/1']]);
  const [old] = await b.claim(1);
  const [current] = await b.claim(1);
  assert.ok(old && current);
  assert.equal((await b.settle({ kind: 'result', image: old, result: failure(old) }))?.failed, 0);
  assert.equal((await b.settle({ kind: 'result', image: current, result: success(current) }))?.done, 1);
  assert.equal((await b.settle({ kind: 'result', image: current, result: success(current) }))?.done, 1);
});

test('a failure that may pass is tried four times, with growing waits, then settled', async (t) => {
  const b = await settleBench(await freshDatabase(t), [['http://a/1']]);
  const waits: number[] = [];
  for (let round = 1; ; round += 1) {
    const [image] = await b.claim(1);
    assert.ok(image);
    const result = failure(image, { code: 'timed_out', retryable: true, group: null });
    const after = await b.settle({ kind: 'result', image, result });
    if (after?.failed === 1) {
      assert.equal(round, 4);
      break;
    }
    assert.deepEqual(await b.due(), []);
    const before = b.clock.now;
    const next = await b.database.read.selectFrom('jobs').select('run_at').where('state', '=', 'ready').execute();
    b.clock.now = next[0]?.run_at ?? 0;
    waits.push(b.clock.now - before);
    assert.deepEqual(
      (await b.due()).map((job) => job.payload),
      [{ ordinals: [1], solo: false, retry: true }],
    );
  }
  assert.deepEqual(waits, [2_000, 8_000, 30_000]);
  const [row] = await imagesBetween(b.database.read, b.request.rid, 1, 1);
  assert.deepEqual([row?.state, row?.code, row?.tries], ['FAILED', 'timed_out', 4]);
});

test('waiting for a resting host costs no try', async (t) => {
  const b = await settleBench(await freshDatabase(t), [['http://a/1']]);
  for (let round = 0; round < 10; round += 1) {
    const [image] = await b.claim(1);
    assert.ok(image);
    await b.settle({
      kind: 'result',
      image,
      result: failure(image, { retryable: true, tried: false, retryAfterMs: 60_000 }),
    });
    b.clock.now += 60_000;
    assert.equal((await b.due()).length, 1);
  }
  const [row] = await imagesBetween(b.database.read, b.request.rid, 1, 1);
  assert.deepEqual([row?.state, row?.tries], ['PENDING', 0]);
});

test('an image that kills its press is tried alone, then given up', async (t) => {
  const b = await settleBench(await freshDatabase(t), [['http://a/1'], ['http://a/2']]);
  for (let crash = 1; crash <= MAX_CRASHES; crash += 1) {
    const [image] = await b.claim(1);
    assert.ok(image);
    const after = await b.settle({ kind: 'crashed', image });
    assert.equal(after?.failed, crash === MAX_CRASHES ? 1 : 0);
    const jobs = await b.due();
    assert.deepEqual(
      jobs.map((job) => job.payload.solo),
      crash === MAX_CRASHES ? [] : [true],
    );
  }
  const counts = await failureCounts(b.database.read, b.request.rid);
  assert.deepEqual(
    counts.map((count) => ({ ...count })),
    [{ code: 'decoder_crashed', detail: '', count: 1 }],
  );
});

test('images of a dead host share a queue entry', async (t) => {
  const b = await settleBench(await freshDatabase(t), [Array.from({ length: 32 }, (_, i) => `http://dead/${i}`)]);
  const images = await b.claim(...Array.from({ length: 32 }, (_, i) => i + 1));
  const endings = images.map((image): Ending => {
    const result = failure(image, { code: 'connection_failed', retryable: true, group: null });
    return { kind: 'result', image, result };
  });
  const after = await b.settle(...endings);
  assert.equal(after?.open_retries, 1);
});

test('counts always agree with the images, whatever happens to them', async (t) => {
  const database = await freshDatabase(t);
  const urls = fc.array(
    fc.array(fc.constantFrom('http://a/1', 'http://a/2', 'http://a/3', 'http://a/4'), { minLength: 1, maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  const fates = fc.array(fc.tuple(fc.nat(20), fc.constantFrom('ok', '404', 'timeout', 'crash', 'back', 'late')), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(urls, fates, async (products, steps) => {
      const b = await settleBench(database, products);
      for (const [pick, fate] of steps) {
        const ordinal = 1 + (pick % products.flat().length);
        const [image] = await b.claim(ordinal);
        if (image === undefined) continue;
        await b.settle(endingOf(fate, fate === 'late' ? { ...image, claim: image.claim - 1 } : image));
      }
      await assertCountsAgree(b);
    }),
    { numRuns: 40 },
  );
});

const endingOf = (fate: string, image: ClaimedImage): Ending => {
  if (fate === 'crash') return { kind: 'crashed', image };
  if (fate === 'back') return { kind: 'given-back', image };
  if (fate === '404') return { kind: 'result', image, result: failure(image) };
  if (fate === 'timeout')
    return { kind: 'result', image, result: failure(image, { code: 'timed_out', retryable: true }) };
  return { kind: 'result', image, result: success(image) };
};

const assertCountsAgree = async ({ database, request, metered }: Bench): Promise<void> => {
  const row = await getRequest(database.read, request.rid);
  const images = await imagesBetween(database.read, request.rid, 1, 1_000);
  const completed = images.filter((image) => image.state === 'COMPLETED');
  const failed = images.filter((image) => image.state === 'FAILED');
  assert.ok(row);
  assert.equal(row.done, completed.length);
  assert.equal(row.failed, failed.length);
  assert.equal(
    row.bytes_out,
    completed.reduce((sum, image) => sum + (image.bytes_out ?? 0), 0),
  );
  const counts = await failureCounts(database.read, request.rid);
  assert.equal(
    counts.reduce((sum, { count }) => sum + count, 0),
    failed.length,
  );
  const sum = (of: (images: SettledImages) => number): number => metered.reduce((all, images) => all + of(images), 0);
  assert.deepEqual(
    [
      sum(({ code, images }) => (code === null ? images : 0)),
      sum(({ code, images }) => (code === null ? 0 : images)),
      sum(({ bytesIn }) => bytesIn),
      sum(({ bytesOut }) => bytesOut),
    ],
    [row.done, row.failed, row.bytes_in, row.bytes_out],
  );
};
