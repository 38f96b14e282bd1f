import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { exerciseQueue } from '../conformance/queue.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';

exerciseQueue('sqlite', async (t) => {
  const database = await freshDatabase(t);
  const clock = { now: 1_000_000 };
  const open = (): SqliteQueue => new SqliteQueue(database, () => clock.now);
  const queue = open();
  await queue.start();
  t.after(() => queue.stop());
  return { queue, database, clock, restarted: open };
});

test('sqlite: wakes its listeners when a waiting entry becomes due', async (t) => {
  const database = await freshDatabase(t);
  const queue = new SqliteQueue(database);
  const woken = new EventEmitter();
  queue.onWork('images', () => {
    void queue.take('images', 1).then((jobs) => {
      if (jobs.length > 0) woken.emit('taken', jobs[0]);
    });
  });
  await queue.start();
  t.after(() => queue.stop());
  const taken = once(woken, 'taken');
  const payload = { ordinals: [1], solo: false, retry: true };
  await database.write
    .transaction()
    .execute((trx) => queue.enqueue(trx, [{ kind: 'images', rid: 1, payload, runAt: Date.now() + 30 }]));
  const [job] = await taken;
  assert.deepEqual(job.payload, payload);
});

test('sqlite: an entry that becomes due just after somebody looked is not forgotten', async (t) => {
  const database = await freshDatabase(t);
  let now = 1_000;
  // Every look at the clock finds it one millisecond later.
  const queue = new SqliteQueue(database, () => {
    now += 1;
    return now;
  });
  await queue.start();
  t.after(() => queue.stop());
  const woken = new EventEmitter();
  const payload = { ordinals: [1], solo: false, retry: true };
  const runAt = now + 3;
  await database.write.transaction().execute((trx) => queue.enqueue(trx, [{ kind: 'images', rid: 1, payload, runAt }]));
  // The wake-up of the enqueueing itself comes first.
  await new Promise(setImmediate);
  queue.onWork('images', () => woken.emit('woken'));
  const wokenUp = once(woken, 'woken');
  now = runAt - 2;
  assert.deepEqual(await queue.take('images', 1), []);
  await wokenUp;
  assert.equal((await queue.take('images', 1)).length, 1);
});
