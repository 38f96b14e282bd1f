import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { failureCounts } from '../../src/db/failures.ts';
import { imagesBetween } from '../../src/db/images.ts';
import { cutOff, hang, inTurn, status, webPage } from '../helpers/origin-faults.ts';
import { type Handler, startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { startTestEngine } from '../helpers/start-engine.ts';

const IMAGES = 1_000;
const PER_ROW = 4;

/** Every twentieth image misbehaves, in five ways in turn; only the 500-then-200 one succeeds in the end. */
const FAULTS = ['not found', 'once 500', 'web page', 'cut off', 'silent'] as const;
const faultOf = (n: number): (typeof FAULTS)[number] | null => (n % 20 === 0 ? (FAULTS[(n / 20) % 5] ?? null) : null);

test('1,000 images, one in twenty misbehaving: the good ones all arrive, slots aligned, failures named', async (t) => {
  const good = await encoded(picture({ width: 160, height: 120, kind: 'photo' }), 'jpeg', { quality: 95 });
  const origin = await startOrigin(t);
  const serveGood: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': good.byteLength }).end(good);
  };
  const handlers: Record<(typeof FAULTS)[number], () => Handler> = {
    'not found': () => status(404),
    'once 500': () => inTurn(status(500), serveGood),
    'web page': () => webPage('Sign in'),
    'cut off': () => cutOff(good, 'image/jpeg'),
    silent: () => hang(),
  };
  const urls = Array.from({ length: IMAGES }, (_, n) => {
    const fault = faultOf(n);
    return origin.route(`/p/${n}.jpg`, fault === null ? serveGood : handlers[fault]());
  });
  const lines = Array.from({ length: IMAGES / PER_ROW }, (_, r) => {
    const cell = urls.slice(r * PER_ROW, (r + 1) * PER_ROW).join(',');
    return `${r + 1},"Shoe, no. ${r + 1}","${cell}"`;
  });
  const csv = `Serial Number,Product Name,Input Image Urls\r\n${lines.join('\r\n')}\r\n`;

  const { submit, finished, engine, folder, resultFile } = await startTestEngine(t, { allow: origin.host });
  const request = await finished(await submit(csv));

  const expectGood = (n: number): boolean => [null, 'once 500'].includes(faultOf(n));
  const goodCount = urls.filter((_, n) => expectGood(n)).length;
  assert.deepEqual([request.status, request.done, request.failed], ['COMPLETED', goodCount, IMAGES - goodCount]);
  const counts = await failureCounts(engine.database.read, request.rid);
  assert.deepEqual(counts.map(({ code, detail, count }) => [code, detail, count]).toSorted(), [
    ['http_status', '404', 10],
    ['not_an_image', '', 10],
    ['timed_out', '', 10],
    ['truncated_image', '', 10],
  ]);

  const output = await resultFile(request, 'output');
  const outLines = output.split('\r\n').slice(1, -1);
  assert.equal(outLines.length, lines.length);
  for (const [r, line] of outLines.entries()) {
    assert.ok(line.startsWith(`${lines[r]},`), line);
    const slots = line
      .slice((lines[r]?.length ?? 0) + 1)
      .replaceAll('"', '')
      .split(',');
    for (let i = 0; i < PER_ROW; i += 1) {
      const n = r * PER_ROW + i;
      assert.equal(
        slots[i]?.startsWith('https://img.example/images/') ?? false,
        expectGood(n),
        `image ${n} in ${line}`,
      );
    }
  }
  for (const image of await imagesBetween(engine.database.read, request.rid, 1, IMAGES)) {
    if (image.file === null) continue;
    const bytes = await readFile(join(folder, 'images', request.id, image.file));
    assert.equal(bytes.byteLength, image.bytes_out);
    assert.ok(bytes.byteLength <= good.byteLength / 2);
  }
  for (const [n, url] of urls.entries()) {
    if (faultOf(n) === null) assert.equal(origin.hits(new URL(url).pathname), 1, 'a good image is fetched once');
  }
});
