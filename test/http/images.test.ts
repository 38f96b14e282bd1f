import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import sharp from 'sharp';
import { catalogue } from '../helpers/catalogues.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

test('a compressed image', async (t) => {
  const origin = await startOrigin(t);
  const source = await encoded(picture({ width: 240, height: 160 }), 'jpeg', { quality: 92 });
  const good = origin.serve('/boot "1".jpg', source, 'image/jpeg').replaceAll('"', '%22').replace(' ', '%20');
  origin.serve('/boot%20%221%22.jpg', source, 'image/jpeg');
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const request = await server.submit(catalogue([good, `${origin.url}/none.jpg`, good]));
  await server.finished(request);
  const url = `${server.url}/image/${request.id}-1`;
  const get = (headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers });
  const whole = Buffer.from(await (await get()).arrayBuffer());
  const tag = `"${createHash('sha256').update(whole).digest('hex')}"`;

  await t.test('comes with what makes it safe and cacheable', async () => {
    assert.ok(whole.length <= source.length / 2);
    assert.equal((await sharp(whole).metadata()).width, 240);
    const { headers } = await get();
    assert.deepEqual(
      [
        'content-type',
        'etag',
        'cache-control',
        'content-security-policy',
        'cross-origin-resource-policy',
        'accept-ranges',
        'content-length',
        'content-disposition',
      ].map((name) => headers.get(name)),
      [
        'image/jpeg',
        tag,
        'public, max-age=31536000, immutable',
        "default-src 'none'; sandbox",
        'cross-origin',
        'bytes',
        String(whole.length),
        'inline; filename=1-1-boot-1-output.jpg',
      ],
    );
  });

  await t.test('is answered with 304 to whoever has it', async () => {
    for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await get({ 'if-none-match': given });
      assert.deepEqual([answer.status, answer.headers.get('etag'), await answer.text()], [304, tag, '']);
    }
    assert.equal((await get({ 'if-none-match': '"other"' })).status, 200);
  });

  await t.test('comes in parts', async () => {
    const last = whole.length - 1;
    const parts: [range: string, start: number, end: number][] = [
      ['bytes=0-9', 0, 9],
      ['bytes=100-', 100, last],
      ['bytes=-5', last - 4, last],
      [`bytes=10-${whole.length * 2}`, 10, last],
    ];
    for (const [range, start, end] of parts) {
      const answer = await get({ range });
      assert.equal(answer.status, 206);
      assert.equal(answer.headers.get('content-range'), `bytes ${start}-${end}/${whole.length}`);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), whole.subarray(start, end + 1));
    }
    const none = await get({ range: `bytes=${whole.length}-` });
    assert.equal(none.headers.get('content-range'), `bytes */${whole.length}`);
    assert.equal(none.headers.get('cache-control'), 'no-store');
    assertProblem(await answerOf(none), 'range_not_satisfiable');
    for (const headers of [{ range: 'bytes=0-1,4-5' }, { range: 'bytes=0-1', 'if-range': '"older"' }]) {
      const all = await get(headers);
      assert.deepEqual([all.status, (await all.arrayBuffer()).byteLength], [200, whole.length]);
    }
    assert.equal((await get({ range: 'bytes=0-1', 'if-range': tag })).status, 206);
  });

  await t.test('is shared by the same address further on', async () => {
    const copy = await fetch(`${server.url}/image/${request.id}-3`);
    assert.equal(copy.headers.get('etag'), tag);
  });

  await t.test('is not there for a failed image, another number, another id, or after deletion', async () => {
    for (const id of [
      `${request.id}-2`,
      `${request.id}-4`,
      `${request.id}-0`,
      `${request.id}-01`,
      request.id,
      'x',
      '1-1-boot-output.jpg',
    ]) {
      const answer = await fetch(`${server.url}/image/${id}`);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assertProblem(await answerOf(answer), 'image_not_found');
    }
    assert.equal((await fetch(`${server.url}/requests/${request.id}`, { method: 'DELETE' })).status, 204);
    assertProblem(await answerOf(await get()), 'image_not_found');
  });
});
