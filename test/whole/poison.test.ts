import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imagesBetween } from '../../src/db/images.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { childrenOf, cpuTicks } from '../helpers/processes.ts';
import { startTestEngine } from '../helpers/start-engine.ts';

/** Long enough in a decoder that it can be met there: ten megapixels, written as AVIF. */
const POISON = { width: 3_600, height: 2_700, kind: 'photo' } as const;
/** A tenth of a second of work after the download: by then the picture is in the decoder. */
const BUSY_TICKS = 10;

/**
 * Kills the newest press once it has worked a while: at first the only one, later the one opened for the suspect alone.
 * Stands in for a picture that makes its decoder crash.
 */
const killTheNewest = async (): Promise<void> => {
  const newest = Math.max(...childrenOf(process.pid));
  const before = cpuTicks(newest);
  for (let ticks = before; ticks - before < BUSY_TICKS; ticks = cpuTicks(newest)) {
    assert.notEqual(ticks, 0, 'the press ended by itself');
    await new Promise(setImmediate);
  }
  process.kill(newest, 'SIGKILL');
};

test('a picture that kills its press every time is given up; its neighbours are done', async (t) => {
  if (process.platform !== 'linux') return t.skip('reads /proc');
  const origin = await startOrigin(t);
  const poison = await encoded(picture(POISON), 'jpeg', { quality: 90 });
  const small = await encoded(picture({ width: 64, height: 48, kind: 'photo' }), 'jpeg', { quality: 90 });
  const urls = [
    `${origin.url}/poison.jpg`,
    ...Array.from({ length: 12 }, (_, n) => origin.serve(`/${n}.jpg`, small, 'image/jpeg')),
  ];
  origin.route('/poison.jpg', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': poison.byteLength }).end(poison);
    response.once('finish', () => void killTheNewest());
  });
  const { submit, finished, engine } = await startTestEngine(t, { allow: origin.host, presses: 1 });
  const csv = urls.map((url, n) => `${n},Shoe ${n},${url}\n`).join('');
  const request = await finished(
    await submit(`Serial Number,Product Name,Input Image Urls\n${csv}`, { format: 'avif' }),
  );
  assert.deepEqual([request.status, request.done, request.failed], ['COMPLETED', 12, 1]);
  const [first] = await imagesBetween(engine.database.read, request.rid, 1, 1);
  assert.deepEqual([first?.state, first?.code], ['FAILED', 'decoder_crashed']);
  assert.ok(origin.hits('/poison.jpg') >= 3);
});
