import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../src/core/log.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { JobRunner } from '../../src/work/job-runner.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';

test('a long row of jobs that end at once leaves the rest of the process its turns', async (t) => {
  const database = await freshDatabase(t);
  const queue = new SqliteQueue(database);
  const count = 200;
  const payload = { deliveryId: 'msg_1', byHand: false };
  await database.write.transaction().execute((trx) =>
    queue.enqueue(
      trx,
      Array.from({ length: count }, () => ({ kind: 'deliver', rid: 1, payload })),
    ),
  );
  const all = Promise.withResolvers<void>();
  const turnAt: number[] = [];
  let done = 0;
  const runner = new JobRunner(
    'deliver',
    queue,
    async (job) => {
      await database.write.transaction().execute((trx) => queue.complete(trx, job));
      done += 1;
      if (done === 1) setImmediate(() => turnAt.push(done));
      if (done === count) all.resolve();
    },
    { now: Date.now, log: createLogger('silent'), requestIdOf: async () => null, places: 4 },
  );
  t.after(() => Promise.all([runner.stop(), queue.stop()]));
  await runner.start();
  await queue.start();
  await all.promise;
  assert.ok((turnAt[0] ?? count) < count / 2, `the first turn came after ${turnAt[0] ?? count} jobs`);
});
