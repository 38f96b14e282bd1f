import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SPECIAL_LINKS } from '../../src/demo/demo-links.ts';
import { startDemoOrigin } from '../../src/demo/demo-origin.ts';
import type { DemoFile } from '../../src/demo/draw-pictures.ts';

/** Stands in for the drawn files: the server serves any bytes. */
const picture = (path: string): DemoFile => ({
  path,
  bytes: Uint8Array.from({ length: 100 }, (_, index) => index),
  contentType: 'image/jpeg',
});
const paths = SPECIAL_LINKS.flatMap(({ answer }) => (answer !== null && 'picture' in answer ? [answer.picture] : []));
const files = new Map(paths.map((path) => [path, picture(path)]));

const addressOf = (kind: string): string => {
  const link = SPECIAL_LINKS.find(({ answer }) => answer?.kind === kind);
  assert.ok(link, kind);
  return link.address;
};

describe('the origin of the demo', async () => {
  const open = async (t: { after(end: () => Promise<void>): void }) => {
    const origin = await startDemoOrigin(files);
    t.after(() => origin.close());
    const get = (path: string, init?: RequestInit) => fetch(`${origin.url}${path}`, { redirect: 'manual', ...init });
    return { origin, get };
  };

  test('serves a file with its type and length, and its head alone', async (t) => {
    const { origin, get } = await open(t);
    assert.equal(origin.url, `http://127.0.0.1:${origin.port}`);
    assert.equal(origin.host, `127.0.0.1:${origin.port}`);
    const answer = await get('/catalogue/tote-front.jpg?v=2');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.equal((await answer.arrayBuffer()).byteLength, 100);
    const head = await get('/catalogue/tote-front.jpg', { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '100');
    assert.equal((await head.arrayBuffer()).byteLength, 0);
  });

  test('knows no other path and no other method', async (t) => {
    const { get } = await open(t);
    for (const [path, method, status] of [
      ['/etc/passwd', 'GET', 404],
      [addressOf('missing'), 'GET', 404],
      ['/catalogue/tote-front.jpg', 'POST', 405],
    ] as const) {
      const answer = await get(path, { method });
      assert.equal(answer.status, status, path);
      await answer.text();
    }
  });

  test('serves a login page as a picture', async (t) => {
    const { get } = await open(t);
    const answer = await get(addressOf('login'));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.match(await answer.text(), /<title>Sign in/);
  });

  test('cuts a file off without a hint in its headers', async (t) => {
    const { get } = await open(t);
    const answer = await get(addressOf('cut'));
    assert.equal(answer.headers.get('content-length'), '60');
    assert.equal((await answer.arrayBuffer()).byteLength, 60);
  });

  test('answers 500 twice, then with the picture', async (t) => {
    const { get } = await open(t);
    const statuses: number[] = [];
    for (let visit = 0; visit < 4; visit++) {
      const answer = await get(addressOf('busy'));
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    assert.deepEqual(statuses, [500, 500, 200, 200]);
  });

  test('redirects to a picture', async (t) => {
    const { get } = await open(t);
    const answer = await get(addressOf('moved'), { redirect: 'follow' });
    assert.equal(answer.redirected, true);
    assert.equal((await answer.arrayBuffer()).byteLength, 100);
  });

  test('serves a picture at an address with a comma, and a drawing as SVG', async (t) => {
    const { get } = await open(t);
    assert.match(addressOf('alias'), /,/);
    assert.equal((await (await get(addressOf('alias'))).arrayBuffer()).byteLength, 100);
    assert.equal((await get(addressOf('svg'))).headers.get('content-type'), 'image/svg+xml');
  });

  test('does not outlive its close, whatever is still open', async () => {
    const origin = await startDemoOrigin(files);
    await (await fetch(`${origin.url}/catalogue/tote-front.jpg`, { keepalive: true })).arrayBuffer();
    await origin.close();
    await assert.rejects(fetch(`${origin.url}/catalogue/tote-front.jpg`));
  });
});
