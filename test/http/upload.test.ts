import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { OPTION_NAMES } from '../../src/core/options.ts';
import { optionsOf } from '../../src/db/requests.ts';
import { formOf, SMALL } from '../helpers/catalogues.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const CSV = { 'content-type': 'text/csv' };
/** Each with a key of its own: without one, the same file again would be the same request. */
const post = (url: string, body: FormData | string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'idempotency-key': randomUUID(), ...headers }, redirect: 'manual' });

const accepted = async ({ engine }: TestServer, response: Response) => {
  assert.equal(response.status, 202, await response.clone().text());
  const answer = (await response.json()) as Record<string, string>;
  return { answer, request: await engine.requests.get(String(answer.request_id)) };
};

test('an upload is answered at once with where to look', async (t) => {
  const server = await startTestServer(t, { publicUrl: 'https://halve.example/x' });
  const response = await post(`${server.url}/upload`, formOf(SMALL));
  const { answer, request } = await accepted(server, response);
  const status_url = `https://halve.example/x/status/${request.id}`;
  assert.deepEqual(answer, {
    request_id: request.id,
    status: 'PENDING',
    total_products: 2,
    total_images: 3,
    status_url,
    hint: null,
  });
  assert.equal(response.headers.get('location'), status_url);
  assert.equal(response.headers.get('retry-after'), '2');
  assert.equal(request.file_name, 'shoes.csv');
  assert.equal(await readFile(server.engine.uploadPath(request.id), 'utf8'), SMALL);
  assert.deepEqual(await readdir(server.engine.spoolDir), []);
});

test('fields of a form count wherever they stand', async (t) => {
  const server = await startTestServer(t);
  const fields = {
    quality: '80',
    format: 'webp',
    start: 'manual',
    max_width: '100',
    strict: 'true',
    tolerant: 'yes',
    email: 'a@b.example',
  };
  const names = Object.entries(fields);
  for (let cut = 0; cut <= names.length; cut += 2) {
    const form = formOf(SMALL, Object.fromEntries(names.slice(0, cut)), Object.fromEntries(names.slice(cut)));
    const { request } = await accepted(server, await post(`${server.url}/api/upload/`, form));
    const { quality, format, start, maxWidth, strict, tolerant, email } = optionsOf(request);
    assert.deepEqual(
      { quality, format, start, maxWidth, strict, tolerant, email },
      {
        quality: 80,
        format: 'webp',
        start: 'manual',
        maxWidth: 100,
        strict: true,
        tolerant: true,
        email: 'a@b.example',
      },
    );
  }
});

test('a raw body brings its fields in the query, a bare % included', async (t) => {
  const server = await startTestServer(t);
  for (const query of ['target=25%&format=avif', 'target=25%25&format=AVIF', 'target=0.25&format=avif&email=']) {
    const headers = { ...CSV, 'content-disposition': `attachment; filename="a.csv"; filename*=UTF-8''caf%C3%A9.csv` };
    const { request } = await accepted(server, await post(`${server.url}/upload?${query}`, SMALL, headers));
    const { target, format } = optionsOf(request);
    assert.deepEqual([target, format, request.file_name], [0.25, 'avif', 'café.csv']);
  }
});

test('a form may have options in the query, too, each in one place only', async (t) => {
  const server = await startTestServer(t);
  const send = (query: string, fields: Record<string, string>) =>
    post(`${server.url}/upload?${query}`, formOf(SMALL, fields));
  const { request } = await accepted(server, await send('start=manual&target=25%', { format: 'webp' }));
  const { start, target, format } = optionsOf(request);
  assert.deepEqual([start, target, format], ['manual', 0.25, 'webp']);
  for (const query of ['format=avif', 'formt=webp', 'max_width=wide']) {
    assertProblem(await answerOf(await send(query, { format: 'webp' })), 'invalid_option');
  }
});

test('a raw body is taken under the types CSV files come under', async (t) => {
  const server = await startTestServer(t);
  const types = [
    'text/csv',
    'text/csv; charset=utf-8; header=present',
    'TEXT/CSV',
    'application/csv',
    'text/plain',
    'text/tab-separated-values',
    'application/vnd.ms-excel',
    'application/octet-stream',
  ];
  for (const type of types) {
    await accepted(server, await post(`${server.url}/upload`, SMALL, { 'content-type': type }));
  }
  // A Buffer as body: fetch sends no type at all.
  await accepted(server, await post(`${server.url}/upload`, Buffer.from(SMALL)));
});

test('the same bytes with the same options have the same fingerprint, others another', async (t) => {
  const server = await startTestServer(t);
  const fingerprint = async (form: FormData): Promise<string> =>
    (await accepted(server, await post(`${server.url}/upload`, form))).request.fingerprint;
  const first = await fingerprint(formOf(SMALL));
  assert.equal(await fingerprint(formOf(SMALL, { target: '0.5' }, {}, 'other.csv')), first);
  assert.notEqual(await fingerprint(formOf(SMALL, { target: '0.4' })), first);
  assert.notEqual(await fingerprint(formOf(`${SMALL}\n`)), first);
});

test('file names are kept, but for what could hurt', async (t) => {
  const server = await startTestServer(t);
  const names: [sent: string, kept: string | null][] = [
    ['Frühling 2026 – 🥾.csv', 'Frühling 2026 – 🥾.csv'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\shoes.csv', 'shoes.csv'],
    ['..', null],
    ['a\u202Evsc.exe', 'avsc.exe'],
    ['<img onerror=1>.csv', '<img onerror=1>.csv'],
    [`${'x'.repeat(300)}.csv`, 'x'.repeat(200)],
    ['say "hi".csv', 'say "hi".csv'],
  ];
  for (const [sent, kept] of names) {
    const { request } = await accepted(server, await post(`${server.url}/upload`, formOf(SMALL, {}, {}, sent)));
    assert.equal(request.file_name, kept, sent);
  }
});

test('a form sent by a browser without scripts ends on the page of the request', async (t) => {
  const server = await startTestServer(t, { publicUrl: 'https://halve.example/x' });
  const headers = { accept: 'text/html,application/xhtml+xml;q=0.9', 'sec-fetch-site': 'same-origin' };
  const response = await post(`${server.url}/upload`, formOf(SMALL), headers);
  assert.equal(response.status, 303);
  // A path, not the public address: the visitor may have come by another name.
  assert.match(String(response.headers.get('location')), /^\/x\/requests\/[0-9a-f-]{36}$/);
});

test('any option values end in 202 or in a problem that names them, never in a failure of ours', async (t) => {
  const server = await startTestServer(t);
  const name = fc.oneof(
    fc.constantFrom(...OPTION_NAMES),
    fc.constantFrom('__proto__', 'constructor', 'file', 'Target'),
    fc.string(),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '50%',
      '0.5',
      '80',
      'webp',
      'auto',
      'manual',
      'true',
      'https://a.example/hook',
      "'; DROP TABLE requests; --",
      '1e9',
      '-1',
      'NaN',
      '٣',
    ),
  );
  const fields = fc.array(fc.tuple(name, text), { maxLength: 4 });
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fields, fc.boolean(), async (pairs, raw) => {
      const form = formOf(SMALL);
      for (const [key, value] of pairs) form.append(key, value);
      const query = new URLSearchParams(pairs);
      const response = raw
        ? await post(`${server.url}/upload?${query}`, SMALL, CSV)
        : await post(`${server.url}/upload`, form);
      if (response.status === 202) {
        taken++;
        await response.body?.cancel();
        return;
      }
      const problem = assertProblem(await answerOf(response));
      assert.ok(Number(problem.status) < 500);
    }),
    { numRuns: 150 },
  );
  assert.ok(taken > 0);
  assert.deepEqual(await readdir(server.engine.spoolDir), []);
});
