import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { createLogger } from '../../src/core/log.ts';
import type { ImageFailure } from '../../src/work/press-messages.ts';
import { StorageWatch } from '../../src/work/storage-watch.ts';

const failure = (group: string | null, code: ImageFailure['code'] = 'storage_failed'): ImageFailure => ({
  ok: false,
  ordinal: 1,
  claim: 1,
  code,
  message: 'The disk of the storage folder is full.',
  retryable: true,
  retryAfterMs: null,
  group,
  tried: true,
  bytesIn: 1_000,
});

interface Watched {
  readonly watch: StorageWatch;
  /** What the storage says from now on; null: it works. */
  fault: string | null;
  probes: number;
  readonly resumed: Promise<void>;
}

const watchStorage = async (t: TestContext): Promise<Watched> => {
  const resume = Promise.withResolvers<void>();
  const watched: Omit<Watched, 'watch'> = { fault: null, probes: 0, resumed: resume.promise };
  const watch = new StorageWatch({
    check: async () => {
      watched.probes += 1;
      if (watched.fault !== null) throw new AppError('storage_failed', { detail: watched.fault });
    },
    log: createLogger('silent'),
    onResume: () => resume.resolve(),
    probeMs: 5,
  });
  await watch.start();
  t.after(() => watch.stop());
  return Object.assign(watched, { watch });
};

test('an outage rests the work until the storage takes files again', async (t) => {
  const watched = await watchStorage(t);
  watched.fault = 'The bucket may not be written to.';
  assert.equal(await watched.watch.blames(failure('refused')), true);
  assert.equal(watched.watch.paused, 'The bucket may not be written to.');
  watched.fault = 'The storage cannot be reached.';
  while (watched.watch.paused !== watched.fault) await new Promise(setImmediate);
  watched.fault = null;
  await watched.resumed;
  assert.equal(watched.watch.paused, null);
});

test('one file that a working storage refuses is that image’s own affair', async (t) => {
  const watched = await watchStorage(t);
  assert.equal(await watched.watch.blames(failure('refused')), false);
  assert.equal(watched.watch.paused, null);
});

test('a full disk rests the work even if a probe of a few bytes still fits', async (t) => {
  const watched = await watchStorage(t);
  assert.equal(await watched.watch.blames(failure('full')), true);
  assert.equal(watched.watch.paused, 'The disk of the storage folder is full.');
  await watched.resumed;
});

test('other failures are no fault of the storage, and images that fail together share a probe', async (t) => {
  const watched = await watchStorage(t);
  assert.equal(await watched.watch.blames(failure(null)), false);
  assert.equal(await watched.watch.blames(failure('404', 'http_status')), false);
  assert.equal(watched.probes, 0);
  watched.fault = 'down';
  const blames = await Promise.all(Array.from({ length: 50 }, () => watched.watch.blames(failure('unavailable'))));
  assert.deepEqual(new Set(blames), new Set([true]));
  assert.equal(watched.probes, 1);
});
