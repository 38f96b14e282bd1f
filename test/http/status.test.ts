import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../helpers/catalogues.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

interface Status {
  status: string;
  progress: Record<string, number | null>;
  failures: { code: string; count: number; message: string }[];
  products: {
    serial_number: string;
    input_image_urls: string[];
    output_image_urls: (string | null)[];
    images: Record<string, unknown>[];
  }[];
  next: string | null;
  output_csv: string | null;
  errors_csv: string | null;
}

const getStatus = async (url: string): Promise<Status> => (await (await fetch(url)).json()) as Status;

/** Walks all pages and answers the products of each. */
const pagesOf = async (url: string): Promise<Status['products'][]> => {
  const pages = [];
  for (let cursor = ''; ; ) {
    const page = await getStatus(`${url}&${cursor}`);
    pages.push(page.products);
    if (page.next === null) return pages;
    cursor = `cursor=${page.next}`;
  }
};

test('a finished request shows its products with receipts, slot by slot', async (t) => {
  const origin = await startOrigin(t);
  const good = origin.serve(
    '/a.jpg',
    await encoded(picture({ width: 200, height: 150 }), 'jpeg', { quality: 92 }),
    'image/jpeg',
  );
  const missing = `${origin.url}/missing.jpg`;
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const request = await server.submit(catalogue([missing, good], [good]));
  await server.finished(request);
  const status = await getStatus(`${server.url}/api/status/${request.id.toUpperCase()}/`);
  assert.equal(status.status, 'COMPLETED');
  assert.deepEqual(
    [status.progress.total, status.progress.done, status.progress.failed, status.progress.percent],
    [3, 2, 1, 100],
  );
  const image = `${server.url}/image/${request.id}-2`;
  assert.deepEqual(
    status.products.map((one) => one.input_image_urls),
    [[missing, good], [good]],
  );
  assert.deepEqual(
    status.products.map((one) => one.output_image_urls),
    [[null, image], [image]],
  );
  const [failed, done] = status.products[0]?.images ?? [];
  assert.deepEqual(
    [failed?.state, failed?.code, failed?.outcome, failed?.bytes_out],
    ['FAILED', 'http_status', 'failed', null],
  );
  assert.match(String(failed?.message), /404/);
  assert.deepEqual(
    [done?.state, done?.code, done?.format, done?.width, done?.attempts, done?.output_url],
    ['COMPLETED', null, 'jpeg', 200, 1, image],
  );
  const names =
    'file_id input_url output_url state outcome code message bytes_in bytes_out format width height quality score encodes engine attempts';
  assert.deepEqual(Object.keys(done ?? {}), names.split(' '));
  assert.deepEqual(
    status.failures.map(({ code, count }) => [code, count]),
    [['http_status', 1]],
  );
});

test('pages hold every product once, in order, whatever their length', async (t) => {
  const server = await startTestServer(t);
  const request = await server.submit(
    catalogue(...Array.from({ length: 23 }, (_, i) => [`https://img.example/${i}.jpg`])),
    { start: 'manual' },
  );
  const base = `${server.url}/status/${request.id}`;
  const all = Array.from({ length: 23 }, (_, i) => String(i + 1));
  for (const limit of [1, 5, 22, 23, 24, 500]) {
    const pages = await pagesOf(`${base}?limit=${limit}`);
    assert.deepEqual(
      pages.flat().map((one) => one.serial_number),
      all,
    );
    assert.equal(pages.length, Math.ceil(23 / limit));
  }
  assert.equal((await getStatus(base)).products.length, 23);
  assert.deepEqual(await pagesOf(`${base}?state=failed`), [[]]);
});

test('a page with very many images ends early, and loses none', async (t) => {
  const server = await startTestServer(t);
  const rows = Array.from({ length: 25 }, (_, row) =>
    Array.from({ length: 90 }, (_, n) => `https://img.example/${row}/${n}.jpg`),
  );
  const request = await server.submit(catalogue(...rows), { start: 'manual' });
  const pages = await pagesOf(`${server.url}/status/${request.id}?limit=500`);
  assert.ok(pages.length > 1);
  assert.deepEqual(
    pages.flat().map((one) => one.input_image_urls),
    rows,
  );
});

test('the failed products can be had alone', async (t) => {
  const origin = await startOrigin(t);
  const good = origin.serve('/a.jpg', await encoded(picture({ width: 64, height: 64 }), 'jpeg'), 'image/jpeg');
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const rows = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? [good, `${origin.url}/${i}.jpg`] : [good]));
  const request = await server.submit(catalogue(...rows));
  await server.finished(request);
  const pages = await pagesOf(`${server.url}/status/${request.id}?state=failed&limit=4`);
  assert.deepEqual(
    pages.map((page) => page.length),
    [4, 4, 2],
  );
  assert.deepEqual(
    pages.flat().map((one) => Number(one.serial_number) % 3),
    Array(10).fill(1),
  );
  assert.ok(pages.flat().every((one) => one.images.length === 2));
});

test('a status that did not change is answered with 304', async (t) => {
  const server = await startTestServer(t);
  const request = await server.submit(catalogue(['https://img.example/1.jpg']), { start: 'manual' });
  const url = `${server.url}/status/${request.id}`;
  const first = await fetch(url);
  assert.equal(first.headers.get('retry-after'), '2');
  await first.text();
  const etag = String(first.headers.get('etag'));
  const again = await fetch(url, { headers: { 'if-none-match': `"x", ${etag}` } });
  assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag]);
  await server.engine.requests.cancel(request.id);
  assert.equal((await fetch(url, { headers: { 'if-none-match': etag } })).status, 200);
});

test('wrong parameters are refused by name', async (t) => {
  const server = await startTestServer(t);
  const { id } = await server.submit(catalogue(['https://img.example/1.jpg']), { start: 'manual' });
  for (const query of [
    'limit=0',
    'limit=501',
    'limit=x',
    'limit=1&limit=2',
    'cursor=-1',
    "cursor=1'--",
    'state=done',
    'cursor=1&cursor=2',
  ]) {
    const problem = assertProblem(await answerOf(await fetch(`${server.url}/status/${id}?${query}`)), 'invalid_option');
    assert.match(String(problem.detail), new RegExp(query.replace(/=.*/, '')));
  }
});
