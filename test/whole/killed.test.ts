import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { imagesBetween } from '../../src/db/images.ts';
import { openSqliteDatabase } from '../../src/db/open-database.ts';
import { findByFingerprint } from '../../src/db/requests.ts';
import { status } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { childrenOf } from '../helpers/processes.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const IMAGES = 400;
const KILLS = 20;
const ENGINE = fileURLToPath(new URL('../helpers/engine-process.ts', import.meta.url));

/** Deterministic numbers in [0, 1), so that a failing run can be repeated (mulberry32). */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

test('killed twenty times, the service or a press: nothing lost, nothing twice, no half file', async (t) => {
  const folder = await freshFolder(t);
  const random = seeded(2026);
  const good = await encoded(picture({ width: 320, height: 240, kind: 'photo' }), 'jpeg', { quality: 95 });
  const origin = await startOrigin(t);
  // The kill comes at a chosen download: a moment of the work, whatever the speed of the machine.
  let killAt = Number.POSITIVE_INFINITY;
  let kill = (): void => {};
  origin.route('/p/*', (request, response) => {
    if (origin.hits() >= killAt) {
      killAt = Number.POSITIVE_INFINITY;
      kill();
    }
    if (request.url?.endsWith('13.jpg') === true) return status(404)(request, response);
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': good.byteLength }).end(good);
  });
  const urls = Array.from({ length: IMAGES }, (_, n) => `${origin.url}/p/${n}.jpg`);
  const csv = join(folder, 'shoes.csv');
  const rows = urls.map((url, n) => `${n},Shoe ${n},${url}`).join('\n');
  await writeFile(csv, `Serial Number,Product Name,Input Image Urls\n${rows}\n`);

  let finished = false;
  let kills = 0;
  const run = (): ChildProcess =>
    fork(ENGINE, [folder, csv, origin.host], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  while (!finished) {
    const service = run();
    t.after(() => service.kill('SIGKILL'));
    service.on('message', () => {
      finished = true;
    });
    const armed = kills < KILLS;
    if (armed) {
      killAt = origin.hits() + 1 + Math.floor(random() * 30);
      const atService = random() < 0.6;
      kill = () => {
        kills += 1;
        const presses = childrenOf(service.pid ?? 0);
        if (atService || presses.length === 0) service.kill('SIGKILL');
        else {
          try {
            process.kill(presses[Math.floor(random() * presses.length)] ?? 0, 'SIGKILL');
          } catch (error) {
            // It ended by itself between being counted and being killed.
            if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
          }
          if (kills < KILLS) killAt = origin.hits() + 1 + Math.floor(random() * 30);
        }
      };
    }
    await once(service, 'exit');
  }
  assert.equal(kills, KILLS, 'the work was done before all kills were made; use more images');

  const database = await openSqliteDatabase(join(folder, 'data'));
  t.after(() => database.close());
  const request = await findByFingerprint(database.read, 'the-one');
  assert.ok(request);
  const broken = urls.filter((url) => url.endsWith('13.jpg')).length;
  assert.deepEqual([request.status, request.done, request.failed], ['COMPLETED', IMAGES - broken, broken]);
  const images = await imagesBetween(database.read, request.rid, 1, IMAGES);
  assert.deepEqual(
    images.map((image) => image.url),
    urls,
  );
  const files = images.flatMap((image) => (image.file === null ? [] : [image.file]));
  assert.equal(files.length, IMAGES - broken);
  assert.deepEqual((await readdir(join(folder, 'images', request.id))).toSorted(), files.toSorted());
  assert.deepEqual(await readdir(join(folder, 'images', '.parts')), []);
  for (const file of files) {
    await sharp(await readFile(join(folder, 'images', request.id, file)), { failOn: 'warning' }).stats();
  }
  assert.deepEqual((await readdir(join(folder, 'csvfile'))).toSorted(), [
    '.parts',
    ...['errors', 'output', 'report'].map((kind) => `${request.id}_${kind}.csv`),
  ]);
  const output = await readFile(join(folder, 'csvfile', `${request.id}_output.csv`), 'utf8');
  const expected = images.map(
    ({ url, file }, n) => `${n},Shoe ${n},${url},${file === null ? '' : `images/${request.id}/${file}`}`,
  );
  assert.deepEqual(output.trimEnd().split('\n').slice(1), expected);
  assert.deepEqual(await readdir(join(folder, 'data', 'spool')), []);
  assert.deepEqual(await readdir(join(folder, 'data', 'uploads')), [`${request.id}.csv`]);
  assert.equal(await database.read.selectFrom('jobs').selectAll().executeTakeFirst(), undefined);
  assert.deepEqual([request.open_chunks, request.open_retries, request.finishing], [0, 0, 0]);
});
