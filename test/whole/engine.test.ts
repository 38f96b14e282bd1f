import assert from 'node:assert/strict';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { createEngine } from '../../src/app.ts';
import { imagesBetween } from '../../src/db/images.ts';
import { findRequest } from '../../src/db/requests.ts';
import { status } from '../helpers/origin-faults.ts';
import { type Handler, startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { openTestEngine, startTestEngine } from '../helpers/start-engine.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';
const small = await encoded(picture({ width: 64, height: 48, kind: 'photo' }), 'jpeg', { quality: 95 });
const serveSmall: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': small.byteLength }).end(small);
};
const rows = (urls: readonly string[]): string => HEADER + urls.map((url, i) => `${i},Shoe ${i},${url}\n`).join('');

test('all presses together keep to six connections a host', async (t) => {
  const origin = await startOrigin(t);
  origin.route('/p/*', serveSmall);
  const { submit, finished } = await startTestEngine(t, { allow: origin.host, presses: 3 });
  const urls = Array.from({ length: 150 }, (_, n) => `${origin.url}/p/${n}.jpg`);
  assert.equal((await finished(await submit(rows(urls)))).done, 150);
  assert.ok(origin.peakConnections > 1 && origin.peakConnections <= 6, `saw ${origin.peakConnections}`);
});

test('the same address in many rows is fetched and stored once, and counts in every row', async (t) => {
  const origin = await startOrigin(t);
  const url = origin.route('/same.jpg', serveSmall);
  const { submit, finished, resultFile, folder } = await startTestEngine(t, { allow: origin.host });
  const request = await finished(await submit(rows(Array.from({ length: 20 }, () => url))));
  assert.deepEqual(
    [request.status, request.done, request.duplicates, origin.hits('/same.jpg')],
    ['COMPLETED', 20, 19, 1],
  );
  assert.equal((await readdir(join(folder, 'images', request.id))).length, 1);
  const outputs = (await resultFile(request, 'output'))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[3]);
  assert.deepEqual(
    outputs,
    Array.from({ length: 20 }, () => outputs[0]),
  );
});

test('an image that is cut off fails with the byte; with tolerant it is done and its receipt says so', async (t) => {
  const origin = await startOrigin(t);
  const whole = await encoded(picture({ width: 320, height: 240 }), 'jpeg', { quality: 92 });
  const half = whole.subarray(0, whole.length >> 1);
  const url = origin.route('/half.jpg', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': half.length }).end(half);
  });
  const { submit, finished, resultFile, engine } = await startTestEngine(t, { allow: origin.host });
  const cutOff = new RegExp(`cut off: it ends at byte ${half.length.toLocaleString('en-US')}`);
  const strict = await finished(await submit(rows([url])));
  assert.deepEqual([strict.done, strict.failed], [0, 1]);
  assert.match(await resultFile(strict, 'errors'), cutOff);
  const tolerant = await finished(await submit(rows([url]), { tolerant: 'true' }));
  assert.deepEqual([tolerant.done, tolerant.failed], [1, 0]);
  const [receipt] = await imagesBetween(engine.database.read, tolerant.rid, 1, 1);
  assert.deepEqual([receipt?.state, receipt?.outcome === 'failed', receipt?.code], ['COMPLETED', false, null]);
  assert.match(receipt?.message ?? '', cutOff);
  assert.match(await resultFile(tolerant, 'report'), cutOff);
});

test('a request uploaded with start=manual waits to be processed', async (t) => {
  const origin = await startOrigin(t);
  const url = origin.route('/a.jpg', serveSmall);
  const { submit, finished, engine } = await startTestEngine(t, { allow: origin.host });
  const request = await submit(rows([url]), { start: 'manual' });
  assert.equal(request.status, 'PENDING');
  const started = await engine.requests.process(request.id);
  assert.equal(started.status, 'PROCESSING');
  await assert.rejects(engine.requests.process(request.id), { code: 'request_running' });
  assert.equal((await finished(request)).status, 'COMPLETED');
  assert.equal(origin.hits(), 1);
});

test('processing a finished request tries its failed images again, and only those', async (t) => {
  const origin = await startOrigin(t);
  let repaired = false;
  const urls = [
    origin.route('/good.jpg', serveSmall),
    origin.route('/bad.jpg', (...call) => (repaired ? serveSmall : status(404))(...call)),
  ];
  const { submit, finished, engine, resultFile } = await startTestEngine(t, { allow: origin.host });
  const first = await finished(await submit(rows(urls)));
  assert.deepEqual([first.status, first.done, first.failed], ['COMPLETED', 1, 1]);
  repaired = true;
  const second = await finished(await engine.requests.process(first.id));
  assert.deepEqual([second.status, second.done, second.failed], ['COMPLETED', 2, 0]);
  assert.deepEqual([origin.hits('/good.jpg'), origin.hits('/bad.jpg')], [1, 2]);
  assert.doesNotMatch(await resultFile(second, 'output'), /,\n/);
  await assert.rejects(engine.requests.process(first.id), { code: 'nothing_to_do' });
});

test('no success, or a failure under strict, makes the request FAILED and says why', async (t) => {
  const origin = await startOrigin(t);
  const good = origin.route('/good.jpg', serveSmall);
  const { submit, finished } = await startTestEngine(t, { allow: origin.host });
  const none = await finished(await submit(rows([`${origin.url}/missing.jpg`])));
  assert.deepEqual([none.status, none.error], ['FAILED', 'No image could be processed.']);
  const strict = await finished(await submit(rows([good, `${origin.url}/missing.jpg`]), { strict: 'true' }));
  assert.deepEqual([strict.status, strict.error], ['FAILED', '1 of 2 images failed, and the request was strict.']);
});

test('cancelling keeps what is done, names the rest, and can be taken up again', async (t) => {
  const origin = await startOrigin(t);
  const waiting: (() => void)[] = [];
  let open = false;
  const arrived = new Promise<void>((resolve) => {
    origin.route('/slow/*', (request, response) => {
      if (open) return serveSmall(request, response);
      waiting.push(() => serveSmall(request, response));
      resolve();
    });
  });
  const good = origin.route('/good.jpg', serveSmall);
  const { submit, finished, engine, resultFile } = await startTestEngine(t, {
    allow: origin.host,
    downloadLimits: {
      maxBytes: 1e6,
      dnsTimeoutMs: 5_000,
      connectTimeoutMs: 5_000,
      headersTimeoutMs: 60_000,
      totalTimeoutMs: 60_000,
      maxRedirects: 5,
      connectionsPerHost: 6,
    },
  });
  const settled = new Promise<void>((resolve) => {
    engine.events.on('change', (row) => row.done === 1 && resolve());
  });
  const request = await submit(rows([good, ...Array.from({ length: 9 }, (_, n) => `${origin.url}/slow/${n}.jpg`)]));
  await Promise.all([arrived, settled]);
  const cancelled = await engine.requests.cancel(request.id);
  assert.equal(cancelled.status, 'CANCELLED');
  const ended = await finished(request);
  assert.deepEqual([ended.status, ended.done, ended.failed], ['CANCELLED', 1, 9]);
  const images = await imagesBetween(engine.database.read, request.rid, 1, 10);
  assert.deepEqual(
    images.map((image) => image.code),
    [null, ...Array.from({ length: 9 }, () => 'cancelled')],
  );
  assert.match(await resultFile(ended, 'output'), /^0,Shoe 0,[^,]+,https:\/\/img/m);
  await assert.rejects(engine.requests.cancel(request.id), { code: 'request_finished' });
  open = true;
  const again = await finished(await engine.requests.process(request.id));
  assert.deepEqual([again.status, again.done, again.failed], ['COMPLETED', 10, 0]);
});

test('a deleted request is gone at once, and its files and rows soon after', async (t) => {
  const origin = await startOrigin(t);
  const url = origin.route('/a.jpg', serveSmall);
  const { submit, finished, engine, folder } = await startTestEngine(t, { allow: origin.host });
  const request = await finished(await submit(rows([url])));
  await engine.requests.remove(request.id);
  await assert.rejects(engine.requests.get(request.id), { code: 'request_not_found' });
  await jobsDone(engine);
  assert.deepEqual(await imagesBetween(engine.database.read, request.rid, 1, 10), []);
  await assert.rejects(access(join(folder, 'images', request.id)), { code: 'ENOENT' });
  await assert.rejects(access(engine.uploadPath(request.id)), { code: 'ENOENT' });
  assert.deepEqual(await readdir(join(folder, 'csvfile')), ['.parts']);
});

test('one folder has one Halve', async (t) => {
  const { folder } = await openTestEngine(t, { allow: '' });
  await assert.rejects(openTestEngine(t, { allow: '', folder }), { code: 'folder_in_use' });
});

test('a file with faults stores nothing; with on_invalid=skip its good rows are taken', async (t) => {
  const origin = await startOrigin(t);
  const url = origin.route('/a.jpg', serveSmall);
  const { submit, finished, engine, resultFile } = await startTestEngine(t, { allow: origin.host });
  const csv = `${HEADER}1,Shoe,${url}\n2,Boot,not an address\n3,Clog,\n`;
  await assert.rejects(submit(csv), { code: 'invalid_rows' });
  assert.equal(await engine.database.read.selectFrom('requests').selectAll().executeTakeFirst(), undefined);
  assert.deepEqual(await readdir(join(engine.uploadPath('x'), '..')), []);
  const request = await finished(await submit(csv, { on_invalid: 'skip' }));
  assert.deepEqual([request.status, request.total_images, request.faulty_rows], ['COMPLETED', 1, 2]);
  const errors = await resultFile(request, 'errors');
  assert.match(errors, /^2,Boot,not an address,/m);
  assert.match(errors, /^3,Clog,,/m);
});

test('the engine starts and stops again and again', async (t) => {
  const { engine, folder } = await openTestEngine(t, { allow: '' });
  for (let round = 0; round < 3; round += 1) await Promise.all([engine.start(), engine.start()]);
  await engine.stop();
  await engine.stop();
  const again = await openTestEngine(t, { allow: '', folder });
  await again.engine.start();
});

/** Resolves when the queue is empty. */
const jobsDone = async (engine: Awaited<ReturnType<typeof createEngine>>): Promise<void> => {
  while ((await engine.database.read.selectFrom('jobs').select('id').executeTakeFirst()) !== undefined) {
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('an accepted request survives a restart and is then finished', async (t) => {
  const origin = await startOrigin(t);
  const url = origin.route('/a.jpg', serveSmall);
  const before = await openTestEngine(t, { allow: origin.host });
  const request = await before.submit(rows([url]));
  await before.engine.stop();
  const after = await startTestEngine(t, { allow: origin.host, folder: before.folder });
  assert.equal((await after.finished(request)).status, 'COMPLETED');
  assert.equal((await findRequest(after.engine.database.read, request.id))?.done, 1);
});
