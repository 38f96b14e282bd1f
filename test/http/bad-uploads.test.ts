import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { listRequests } from '../../src/db/requests.ts';
import { catalogue, formOf, HEADER, SMALL } from '../helpers/catalogues.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const MB = 1_000_000;
const LIMITS = { ...DEFAULT_LIMITS, maxBytes: 4 * MB, maxImages: 1_000 };

/** Nothing of a refused upload may stay: no row, no file. */
const assertNothingStored = async ({ engine }: TestServer): Promise<void> => {
  const query = { limit: 10, before: null, search: null, status: null };
  assert.deepEqual(await listRequests(engine.database.read, query), []);
  assert.deepEqual(await readdir(engine.spoolDir), []);
  assert.deepEqual(await readdir(dirname(engine.uploadPath('x'))), []);
};

const bytes = (fill: string | number, size: number): Buffer<ArrayBuffer> => Buffer.alloc(size, fill);
const urls = (count: number): string[] => Array.from({ length: count }, (_, i) => `https://img.example/${i}.jpg`);

/** Files that are no catalogue, and the words they are refused with. */
const FILES: [what: string, file: string | Buffer<ArrayBuffer>, code: ErrorCode, detail?: RegExp][] = [
  ['empty', '', 'empty_file'],
  ['nothing but line ends', '\r\n\r\n\n', 'empty_file'],
  ['a header and nothing else', `${HEADER}\n`, 'no_rows'],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'not_a_csv', /PNG/],
  ['a workbook', Buffer.from('PK\x03\x04xl/workbook.xml'), 'not_a_csv', /Excel/],
  ['gzip', gzipSync(SMALL), 'not_a_csv', /gzip/],
  ['a web page', '<!doctype html><title>Login</title>', 'not_a_csv'],
  ['random bytes', Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 251)), 'not_a_csv'],
  ['NUL bytes', bytes(0, 100_000), 'not_a_csv', /NUL/],
  [
    'a NUL far down',
    `${SMALL}${`1,${'x'.repeat(2_000)},https://img.example/1.jpg\n`.repeat(100)}3,A\0,https://img.example/9.jpg\n`,
    'invalid_rows',
  ],
  ['neither header nor addresses', 'a,b,c\n1,2,3\n4,5,6\n', 'missing_columns'],
  [
    'a quote never closed',
    `${HEADER}\n1,"Shoe,https://img.example/1.jpg\n${'2,Shoe,https://img.example/2.jpg\n'.repeat(9_000)}`,
    'invalid_rows',
    /quote/,
  ],
  ['one line of 3 MB', bytes('x', 3 * MB), 'line_too_long', /Line 1 /],
  ['one line of 3 MB behind a good one', Buffer.concat([Buffer.from(SMALL), bytes('x', 3 * MB)]), 'invalid_rows'],
  ['a million columns', bytes(',', MB), 'line_too_long'],
  ['a thousand columns', `${HEADER}${',x'.repeat(1_000)}\n1,A,https://img.example/1.jpg\n`, 'too_many_columns'],
  ['too many images', catalogue(...Array.from({ length: 11 }, () => urls(100))), 'too_many_images'],
  ['a row without an address', `${HEADER}\n1,Shoe,none\n`, 'invalid_rows', /Row|row/],
  ['more than the limit', bytes('a,b,c\n', 5 * MB), 'file_too_large', /4 MB/],
];

test('bad files are refused in words, and nothing of them stays', async (t) => {
  const server = await startTestServer(t, { catalogueLimits: LIMITS });
  for (const [what, file, code, detail = /./] of FILES) {
    await t.test(what, async () => {
      for (const body of [formOf(file), file]) {
        const headers: Record<string, string> = body === file ? { 'content-type': 'text/csv' } : {};
        const answer = await answerOf(await fetch(`${server.url}/upload`, { method: 'POST', body, headers }));
        // An empty raw body is no file at all.
        const problem = assertProblem(answer, what === 'empty' && body === file ? 'no_file' : code);
        assert.ok(answer.status >= 400 && answer.status < 500);
        if (body !== file) assert.match(String(problem.detail), detail);
        await assertNothingStored(server);
      }
    });
  }
  assert.equal((await fetch(`${server.url}/upload`, { method: 'POST', body: formOf(SMALL) })).status, 202);
});

test('faults of rows are listed with row, line and column', async (t) => {
  const server = await startTestServer(t);
  const csv = `${HEADER}\n1,Shoe,https://img.example/1.jpg\n2,Boot,ftp://img.example/2.jpg\n3,Clog,\n`;
  const answer = await answerOf(await fetch(`${server.url}/upload`, { method: 'POST', body: formOf(csv) }));
  const { errors, total_errors } = assertProblem(answer, 'invalid_rows');
  assert.equal(total_errors, 2);
  assert.ok(Array.isArray(errors));
  assert.deepEqual(
    errors.map(({ row, line, column, code }) => ({ row, line, column, code })),
    [
      { row: 2, line: 3, column: 'Input Image Urls', code: 'bad_url' },
      { row: 3, line: 4, column: 'Input Image Urls', code: 'missing_url' },
    ],
  );
  await assertNothingStored(server);
  const kept = await fetch(`${server.url}/upload`, { method: 'POST', body: formOf(csv, { on_invalid: 'skip' }) });
  assert.equal(kept.status, 202);
  assert.equal(((await kept.json()) as Record<string, unknown>).total_products, 1);
});

const multi = (...parts: string[]): [body: string, headers: Record<string, string>] => [
  `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
  { 'content-type': 'multipart/form-data; boundary=b' },
];
const FILE_PART = `Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${SMALL}`;
const field = (name: string, text: string): string => `Content-Disposition: form-data; name="${name}"\r\n\r\n${text}`;

/** Calls that are wrong whatever the file is. */
const CALLS: [what: string, call: readonly [body: string | null, headers: Record<string, string>], code: ErrorCode][] =
  [
    ['nothing at all', [null, {}], 'no_file'],
    ['an empty text/csv body', [null, { 'content-type': 'text/csv' }], 'no_file'],
    ['a form without a file', multi(field('target', '50%')), 'no_file'],
    ['an empty form', multi(), 'no_file'],
    ['no form at all', ['', { 'content-type': 'multipart/form-data; boundary=b' }], 'no_file'],
    [
      'the empty file field of a browser',
      multi(
        'Content-Disposition: form-data; name="file"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n',
      ),
      'no_file',
    ],
    ['the file as text', multi(field('file', SMALL)), 'no_file'],
    ['the file under another name', multi(FILE_PART.replace('"file"', '"csv"')), 'no_file'],
    ['two files', multi(FILE_PART, FILE_PART), 'malformed_request'],
    ['a field nobody knows', multi(FILE_PART, field('colour', 'red')), 'invalid_option'],
    ['a field twice', multi(field('target', '50%'), FILE_PART, field('target', '60%')), 'invalid_option'],
    ['a field named like a property', multi(FILE_PART, field('__proto__', 'x')), 'invalid_option'],
    ['a field of 10 kB', multi(FILE_PART, field('email', 'x'.repeat(10_000))), 'malformed_request'],
    [
      'a hundred fields',
      multi(FILE_PART, ...Array.from({ length: 100 }, (_, i) => field(`f${i}`, 'x'))),
      'malformed_request',
    ],
    ['a form cut off', [multi(FILE_PART)[0].slice(0, 120), multi()[1]], 'malformed_request'],
    ['no boundary', [multi(FILE_PART)[0], { 'content-type': 'multipart/form-data' }], 'malformed_request'],
    [
      'another boundary',
      [multi(FILE_PART)[0], { 'content-type': 'multipart/form-data; boundary=c' }],
      'malformed_request',
    ],
    [
      'a boundary of 252 characters',
      [multi(FILE_PART)[0], { 'content-type': `multipart/form-data; boundary=${'c'.repeat(252)}` }],
      'malformed_request',
    ],
    ['JSON', ['{"file":"x"}', { 'content-type': 'application/json' }], 'unsupported_media_type'],
    [
      'what curl --data sends',
      [SMALL, { 'content-type': 'application/x-www-form-urlencoded' }],
      'unsupported_media_type',
    ],
    ['another multipart', [SMALL, { 'content-type': 'multipart/mixed; boundary=b' }], 'unsupported_media_type'],
    ['no media type', [SMALL, { 'content-type': 'csv' }], 'unsupported_media_type'],
    [
      'a compressed body',
      [SMALL, { 'content-type': 'text/csv', 'content-encoding': 'gzip' }],
      'unsupported_media_type',
    ],
  ];

test('bad calls are refused in words, and nothing of them stays', async (t) => {
  const server = await startTestServer(t, { catalogueLimits: LIMITS });
  for (const [what, [body, headers], code] of CALLS) {
    await t.test(what, async () => {
      const response = await fetch(`${server.url}/upload`, { method: 'POST', body, headers });
      const answer = await answerOf(response);
      assertProblem(answer, code);
      assert.ok(answer.status >= 400 && answer.status < 500);
      await assertNothingStored(server);
    });
  }
});

test('wrong options of a raw body are refused before the body is read, all at once', async (t) => {
  const server = await startTestServer(t, { catalogueLimits: LIMITS });
  const query = 'target=0&quality=101&format=bmp&colour=red';
  for (const body of [SMALL, bytes('x', 3 * MB)]) {
    const headers = { 'content-type': 'text/csv' };
    const response = await fetch(`${server.url}/upload?${query}`, { method: 'POST', body, headers });
    const { errors } = assertProblem(await answerOf(response), 'invalid_option');
    assert.ok(Array.isArray(errors));
    assert.deepEqual(errors.map(({ option }) => option).sort(), ['colour', 'format', 'quality', 'target']);
  }
  await assertNothingStored(server);
});
