import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PluginTransformQueryArgs, sql } from 'kysely';
import { countRequests } from '../../src/db/requests.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { catalogue, SMALL } from '../helpers/catalogues.ts';
import { parseExposition, sampleValue } from '../helpers/exposition.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { childrenOf } from '../helpers/processes.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const scrape = async ({ url }: TestServer) => {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return parseExposition(await response.text());
};

test('a whole request shows in the metrics', async (t) => {
  const origin = await startOrigin(t);
  const source = await encoded(picture({ width: 240, height: 160 }), 'jpeg', { quality: 92 });
  const good = origin.serve('/1.jpg', source, 'image/jpeg');
  const server = await startTestServer(t, { allow: origin.host, working: true });
  // Nobody is called: there is no secret to sign with, and no mail server.
  await server.submit(SMALL, { start: 'manual' });
  const submitted = await server.submit(catalogue([good, `${origin.url}/none.jpg`, good]));
  const request = await server.finished(submitted);
  const families = await scrape(server);
  const value = (name: string, labels: Record<string, string> = {}) => sampleValue(families, name, labels);
  assert.equal(value('halve_requests', { status: 'COMPLETED' }), 1);
  assert.equal(value('halve_requests', { status: 'PENDING' }), 1);
  const done = families.get('halve_images_total')?.samples.filter(({ labels }) => labels.code === '');
  assert.equal(
    done?.reduce((sum, sample) => sum + sample.value, 0),
    2,
  );
  assert.equal(value('halve_images_total', { outcome: 'failed', code: 'http_status' }), 1);
  assert.equal(value('halve_image_input_bytes_total'), request.bytes_in);
  assert.equal(value('halve_image_output_bytes_total'), request.bytes_out);
  // The two with one address were one piece of work.
  assert.equal(value('halve_image_encode_seconds_count', { format: 'jpeg' }), 1);
  const encode = value('halve_image_encode_seconds_sum', { format: 'jpeg' });
  const download = value('halve_image_download_seconds_sum');
  for (const seconds of [encode, download]) assert.ok(seconds > 0 && seconds < 10, String(seconds));
  assert.equal(value('halve_presses'), 2);
  for (const kind of ['images', 'finish', 'remove', 'deliver']) {
    assert.equal(value('halve_queue_entries', { kind }), 0);
    assert.equal(value('halve_queue_age_seconds', { kind }), 0);
  }
});

test('images of a cancelled request are counted as such', async (t) => {
  const server = await startTestServer(t, { working: true });
  const waiting = await server.submit(SMALL, { start: 'manual' });
  const end = await server.finished(await server.engine.requests.cancel(waiting.id));
  const families = await scrape(server);
  assert.equal(sampleValue(families, 'halve_images_total', { outcome: 'failed', code: 'cancelled' }), end.total_images);
  assert.equal(sampleValue(families, 'halve_requests', { status: 'CANCELLED' }), 1);
});

test('calls are counted by route, without ids, under both prefixes alike', async (t) => {
  const server = await startTestServer(t);
  const { id } = await server.submit(SMALL, { start: 'manual' });
  for (const path of [`/status/${id}`, `/api/status/${id}`, '/status/nothing', '/nope/at/all?secret=1']) {
    await (await fetch(server.url + path)).body?.cancel();
  }
  await (await fetch(`${server.url}/status/${id}`, { method: 'PUT' })).body?.cancel();
  const families = await scrape(server);
  const count = (labels: Record<string, string>) =>
    sampleValue(families, 'halve_http_request_duration_seconds_count', labels);
  assert.equal(count({ method: 'GET', route: '/status/:request_id', status: '200' }), 2);
  assert.equal(count({ method: 'GET', route: '/status/:request_id', status: '404' }), 1);
  assert.equal(count({ method: 'GET', route: 'none', status: '404' }), 1);
  assert.equal(count({ method: 'other', route: 'none', status: '405' }), 1);
});

test('presses that die are told from those that retire', async (t) => {
  const server = await startTestServer(t, { working: true });
  const before = await scrape(server);
  assert.equal(sampleValue(before, 'halve_presses'), 2);
  const [press] = childrenOf(process.pid);
  assert.ok(press);
  process.kill(press, 'SIGKILL');
  const died = async () => sampleValue(await scrape(server), 'halve_press_ends_total', { reason: 'died' });
  while ((await died()) === 0);
  assert.equal(await died(), 1);
  assert.equal(sampleValue(await scrape(server), 'halve_press_ends_total', { reason: 'retired' }), 0);
});

test('the number of requests in each status is right whatever happens to them', async (t) => {
  const server = await startTestServer(t);
  const { engine } = server;
  const counted = async () => {
    const real = await engine.database.read
      .selectFrom('requests')
      .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
      .groupBy('status')
      .execute();
    const counts = Object.entries(await countRequests(engine.database.read)).filter(([, count]) => count !== 0);
    assert.deepEqual(Object.fromEntries(counts), Object.fromEntries(real.map(({ status, count }) => [status, count])));
    return Object.fromEntries(counts);
  };
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) ids.push((await server.submit(SMALL, { start: 'manual' })).id);
  assert.deepEqual(await counted(), { PENDING: 5 });
  const [first = '', second = '', third = ''] = ids;
  await engine.requests.process(first);
  await engine.requests.cancel(second);
  await engine.requests.remove(third);
  assert.deepEqual(await counted(), { PENDING: 2, PROCESSING: 1, CANCELLED: 1 });
  await engine.requests.remove(second);
  await assert.rejects(
    engine.database.write.transaction().execute(async (trx) => {
      await trx.updateTable('requests').set({ status: 'FAILED' }).execute();
      throw new Error('rolled back');
    }),
  );
  assert.deepEqual(await counted(), { PENDING: 2, PROCESSING: 1 });
});

test('a long history does not make a scrape slow: nothing is scanned but what waits', async (t) => {
  const database = await freshDatabase(t);
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO requests (id, status, options, dialect, fingerprint, total_products, total_images, duplicates,
      faulty_rows, created_at)
    SELECT i, 'PENDING', '{}', '{}', i, 1, 1, 0, 0, i FROM n`.execute(database.write);
  const plans: string[] = [];
  const explain = async ({ node, queryId }: PluginTransformQueryArgs) => {
    const { sql: text } = database.read.getExecutor().compileQuery(node, queryId);
    const { rows } = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${sql.raw(text.replaceAll('?', 'NULL'))}`.execute(
      database.read,
    );
    plans.push(...rows.map(({ detail }) => detail));
  };
  const explaining: Promise<void>[] = [];
  const read = database.read.withPlugin({
    transformQuery(query) {
      explaining.push(explain(query));
      return query.node;
    },
    transformResult: async ({ result }) => result,
  });
  assert.deepEqual(await countRequests(read), { PENDING: 20_000 });
  await new SqliteQueue({ ...database, read }).depths();
  await Promise.all(explaining);
  assert.deepEqual(plans, ['SCAN request_counts', 'SCAN jobs USING COVERING INDEX jobs_next']);
});
