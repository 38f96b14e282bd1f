import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { startTestEngine } from '../helpers/start-engine.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';

test('a storage that is away makes the work rest; no image fails for it', { timeout: 30_000 }, async (t) => {
  const origin = await startOrigin(t);
  const small = await encoded(picture({ width: 64, height: 48, kind: 'photo' }), 'jpeg', { quality: 95 });
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': small.byteLength }).end(small);
  });
  const { submit, finished, engine, folder } = await startTestEngine(t, { allow: origin.host, storageProbeMs: 20 });
  const images = join(folder, 'images');
  await mkdir(images, { recursive: true });
  // A file where the folder should be: whatever is put there fails, for root as well.
  await rename(images, `${images}-away`);
  await writeFile(images, '');
  const urls = Array.from({ length: 60 }, (_, n) => `${origin.url}/p/${n}.jpg`);
  const request = await submit(HEADER + urls.map((url, i) => `${i},Shoe ${i},${url}\n`).join(''));
  while (engine.supervisor.paused === null) await new Promise(setImmediate);
  assert.match(engine.supervisor.paused, /storage/);
  await rm(images);
  await rename(`${images}-away`, images);
  const end = await finished(request);
  assert.deepEqual([end.status, end.done, end.failed], ['COMPLETED', 60, 0]);
  assert.equal(engine.supervisor.paused, null);
});
