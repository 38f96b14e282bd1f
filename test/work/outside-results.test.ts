import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLogger } from '../../src/core/log.ts';
import { failureCounts } from '../../src/db/failures.ts';
import { type ClaimedImage, claimImages, imagesBetween } from '../../src/db/images.ts';
import type { Database } from '../../src/db/open-database.ts';
import { getRequest, moveRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { NO_METER } from '../../src/metrics/meter.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { Journal } from '../../src/work/journal.ts';
import { type ImageReport, settleReports, type TakenReports } from '../../src/work/outside-results.ts';
import type { ImageFailure } from '../../src/work/press-messages.ts';
import { queueFinishIfSettled } from '../../src/work/queue-finish.ts';
import { type Ending, settleResults } from '../../src/work/settle-results.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshRequest } from '../helpers/fresh-request.ts';

const success = (url: string): ImageReport => ({
  inputUrl: url,
  fileId: null,
  result: {
    ok: true,
    outputUrl: `${url}/half`,
    format: null,
    width: null,
    height: null,
    quality: null,
    bytesIn: 100,
    bytesOut: 40,
  },
});
const failure = (url: string): ImageReport => ({ inputUrl: url, fileId: null, result: { ok: false, message: 'no' } });

const timedOut = ({ ordinal, claim }: ClaimedImage): ImageFailure => ({
  ok: false,
  ordinal,
  claim,
  code: 'processor_timed_out',
  message: 'too late',
  retryable: true,
  retryAfterMs: null,
  group: null,
  tried: true,
  bytesIn: null,
});

interface Bench {
  readonly database: Database;
  readonly request: RequestRow;
  readonly claim: (...ordinals: number[]) => Promise<ClaimedImage[]>;
  readonly end: (...endings: Ending[]) => Promise<void>;
  readonly report: (ordinal: number, report: ImageReport) => Promise<TakenReports>;
  readonly row: () => Promise<RequestRow>;
  readonly jobs: (kind: string) => Promise<number>;
}

const bench = async (database: Database, products: string[][], started = true): Promise<Bench> => {
  const queue = new SqliteQueue(database);
  const request = await freshRequest(database, products);
  const inTrx = database.write.transaction();
  if (started) await inTrx.execute((trx) => moveRequest(trx, request.rid, 'PROCESSING'));
  const journal = new Journal(createLogger('silent'), NO_METER);
  const context = { queue, now: () => 5_000, backoff: () => 0, journal };
  const row = async (): Promise<RequestRow> => {
    const found = await getRequest(database.read, request.rid);
    assert.ok(found);
    return found;
  };
  return {
    database,
    request,
    row,
    claim: (...ordinals) => inTrx.execute((trx) => claimImages(trx, request.rid, ordinals)),
    end: async (...endings) =>
      inTrx.execute(async (trx) => {
        const after = await settleResults(trx, request, endings, context);
        if (after !== null) await queueFinishIfSettled(trx, queue, after);
      }),
    report: async (ordinal, report) => {
      const now = await row();
      return inTrx.execute((trx) => settleReports(trx, now, [report], [ordinal], context));
    },
    jobs: async (kind) => {
      const jobs = await database.read.selectFrom('jobs').select('kind').where('rid', '=', request.rid).execute();
      return jobs.filter((job) => job.kind === kind).length;
    },
  };
};

test('a result beats the try it overtakes: that one comes under an old claim', async (t) => {
  const b = await bench(await freshDatabase(t), [['http://a/1'], ['http://a/2']]);
  const [image] = await b.claim(1);
  assert.ok(image);
  assert.equal((await b.report(1, success('http://a/1'))).accepted, 1);
  for (const kind of ['crashed', 'given-back'] as const) await b.end({ kind, image });
  await b.end({ kind: 'result', image, result: timedOut(image) });
  const row = await b.row();
  assert.deepEqual([row.done, row.failed, row.bytes_in, row.bytes_out, row.open_retries], [1, 0, 100, 40, 0]);
  assert.equal(await b.jobs('images'), 0);
});

test('a result is taken while its image waits to be posted again, and after it was', async (t) => {
  const b = await bench(await freshDatabase(t), [['http://a/1', 'http://a/2']]);
  for (const ordinal of [1, 2]) {
    const [image] = await b.claim(ordinal);
    assert.ok(image);
    await b.end({ kind: 'result', image, result: timedOut(image) });
  }
  await b.claim(2);
  assert.equal((await b.report(1, success('http://a/1'))).accepted, 1);
  assert.equal((await b.report(2, failure('http://a/2'))).accepted, 1);
  const [first, second] = await imagesBetween(b.database.read, b.request.rid, 1, 2);
  assert.deepEqual([first?.state, first?.tries, first?.output_url], ['COMPLETED', 2, 'http://a/1/half']);
  assert.deepEqual([second?.state, second?.code, second?.message], ['FAILED', 'processor_failed', 'no']);
  assert.equal(await b.jobs('finish'), 1);
});

test('the last image starts a request nobody started, and ends it once', async (t) => {
  const b = await bench(await freshDatabase(t), [['http://a/1'], ['http://a/1', 'http://a/2']], false);
  assert.equal((await b.report(1, success('http://a/1'))).request.status, 'PENDING');
  // A copy stands for the first with its address.
  assert.equal((await b.report(2, success('http://a/1'))).ignored[0]?.reason, 'this image is settled already');
  const { request } = await b.report(3, success('http://a/2'));
  assert.deepEqual([request.status, request.started_at, request.done], ['PROCESSING', 5_000, 3]);
  const late = await b.report(3, success('http://a/2'));
  assert.deepEqual([late.accepted, late.ignored[0]?.reason], [0, 'the request is finished']);
  assert.equal(await b.jobs('finish'), 1);
});

test('whatever order results, tries and their ends come in, the counts agree with the images', async (t) => {
  const database = await freshDatabase(t);
  const names = fc.constantFrom<string>('http://a/1', 'http://a/2', 'http://a/3');
  const catalogue = fc.array(fc.array(names, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  const steps = fc.array(fc.tuple(fc.nat(20), fc.constantFrom('claim', 'time-out', 'back', 'done', 'error')), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(catalogue, steps, fc.boolean(), async (products, moves, started) => {
      const b = await bench(database, products, started);
      const out: ClaimedImage[] = [];
      for (const [pick, move] of moves) {
        const ordinal = 1 + (pick % products.flat().length);
        const url = products.flat()[ordinal - 1] ?? '';
        const image = out[pick % Math.max(1, out.length)];
        // Copies are never handed out.
        if (move === 'claim') out.push(...(await b.claim(1 + products.flat().indexOf(url))));
        else if (move === 'done') await b.report(ordinal, success(url));
        else if (move === 'error') await b.report(ordinal, failure(url));
        else if (image !== undefined && move === 'back') await b.end({ kind: 'given-back', image });
        else if (image !== undefined) await b.end({ kind: 'result', image, result: timedOut(image) });
      }
      const row = await b.row();
      const images = await imagesBetween(database.read, b.request.rid, 1, 100);
      const completed = images.filter(({ state }) => state === 'COMPLETED').length;
      const failed = images.filter(({ state }) => state === 'FAILED').length;
      assert.deepEqual([row.done, row.failed, row.bytes_out], [completed, failed, completed * 40]);
      const counted = await failureCounts(database.read, b.request.rid);
      assert.equal(
        counted.reduce((sum, { count }) => sum + count, 0),
        failed,
      );
      const whole = completed + failed === images.length;
      assert.equal(await b.jobs('finish'), whole ? 1 : 0);
      if (whole) assert.equal(row.status, 'PROCESSING');
      // Copies share the fate of the first.
      for (const copy of images.filter(({ same_as }) => same_as !== null)) {
        const first = images[(copy.same_as ?? 1) - 1];
        if (first?.state === 'COMPLETED')
          assert.deepEqual([copy.state, copy.output_url], [first.state, first.output_url]);
      }
    }),
    { numRuns: 60 },
  );
});
