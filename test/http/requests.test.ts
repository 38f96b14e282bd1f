import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { catalogue, SMALL } from '../helpers/catalogues.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const act = (server: TestServer, path: string, method = 'POST'): Promise<Response> =>
  fetch(server.url + path, { method, headers: method === 'POST' ? { 'content-type': 'application/json' } : {} });
const statusOf = async (server: TestServer, id: string): Promise<string> =>
  ((await (await fetch(`${server.url}/status/${id}`)).json()) as { status: string }).status;

test('a request sent with start=manual waits for its call, then runs, then takes retries', async (t) => {
  const origin = await startOrigin(t);
  const bytes = await encoded(picture({ width: 64, height: 64 }), 'jpeg');
  const good = origin.serve('/a.jpg', bytes, 'image/jpeg');
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const request = await server.submit(catalogue([good, `${origin.url}/late.jpg`]), { start: 'manual' });
  assert.equal(await statusOf(server, request.id), 'PENDING');
  assert.equal(origin.hits(), 0);

  const started = await act(server, `/process/${request.id}/`);
  assert.equal(started.status, 202);
  assert.equal(started.headers.get('location'), `${server.url}/status/${request.id}`);
  assert.deepEqual(await started.json(), {
    request_id: request.id,
    status: 'PROCESSING',
    total_products: 1,
    total_images: 2,
    status_url: `${server.url}/status/${request.id}`,
    hint: null,
  });
  await server.finished(request);
  assert.equal(await statusOf(server, request.id), 'COMPLETED');
  assertProblem(await answerOf(await act(server, `/cancel/${request.id}`)), 'request_finished');

  origin.serve('/late.jpg', bytes, 'image/jpeg');
  assert.equal((await act(server, `/process/${request.id}`)).status, 202);
  await server.finished(request);
  assert.equal(origin.hits('/a.jpg'), 1);
  assertProblem(await answerOf(await act(server, `/process/${request.id}`)), 'nothing_to_do');
});

test('a running request cannot be started, but cancelled; its images read as waiting', async (t) => {
  const origin = await startOrigin(t);
  const hanging = origin.route('/hangs.jpg', () => {});
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const request = await server.submit(catalogue([hanging]));
  assertProblem(await answerOf(await act(server, `/process/${request.id}`)), 'request_running');
  const cancelled = await act(server, `/api/cancel/${request.id}/`);
  assert.equal(cancelled.status, 202);
  assert.equal(((await cancelled.json()) as { status: string }).status, 'CANCELLED');
  const { products } = (await (await fetch(`${server.url}/status/${request.id}`)).json()) as {
    products: { images: { state: string }[] }[];
  };
  assert.notEqual(products[0]?.images[0]?.state, 'PROCESSING');
  await server.finished(request);
  assert.equal(await statusOf(server, request.id), 'CANCELLED');
});

test('a deleted request is gone for everybody', async (t) => {
  const server = await startTestServer(t);
  const request = await server.submit(SMALL, { start: 'manual' });
  const gone = await act(server, `/requests/${request.id}`, 'DELETE');
  assert.deepEqual([gone.status, await gone.text()], [204, '']);
  const paths: [method: string, path: string][] = [
    ['GET', `/status/${request.id}`],
    ['POST', `/process/${request.id}`],
    ['POST', `/cancel/${request.id}`],
    ['DELETE', `/requests/${request.id}`],
    ['DELETE', `/requests/${randomUUID()}`],
  ];
  for (const [method, path] of paths)
    assertProblem(await answerOf(await act(server, path, method)), 'request_not_found');
});

test('the list is newest first, in pages, and can be searched', async (t) => {
  const server = await startTestServer(t);
  const ids: string[] = [];
  for (let i = 0; i < 7; i++) ids.unshift((await server.submit(SMALL, { start: 'manual' })).id);
  await server.engine.requests.cancel(String(ids[3]));
  const list = async (query: string) => {
    const { requests, next } = (await (await fetch(`${server.url}/requests?${query}`)).json()) as {
      requests: Record<string, string>[];
      next: string | null;
    };
    return { ids: requests.map((one) => one.request_id), next, requests };
  };
  assert.deepEqual((await list('')).ids, ids);
  const seen: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(`limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...page.ids);
    cursor = page.next;
  }
  assert.deepEqual(seen, ids);
  assert.deepEqual((await list('status=cancelled')).ids, [ids[3]]);
  assert.deepEqual((await list(`search=${ids[2]?.slice(0, 13)}`)).ids, [ids[2]]);
  assert.equal((await list('search=shoes')).ids.length, 7);
  assert.equal((await list('search=%25')).ids.length, 0);
  assert.equal((await list("search=' OR 1=1 --")).ids.length, 0);
  const [first] = (await list('')).requests;
  assert.deepEqual([first?.file_name, first?.status, first?.output_csv], ['shoes.csv', 'PENDING', null]);
  for (const query of ['limit=201', 'status=nope', 'cursor=x', `search=${'x'.repeat(201)}`]) {
    assertProblem(await answerOf(await fetch(`${server.url}/requests?${query}`)), 'invalid_option');
  }
});
