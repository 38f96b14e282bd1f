import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestRow } from '../../src/db/schema.ts';
import { type StatusFacts, statusAnswer } from '../../src/http/status-answer.ts';
import { servedLinks } from '../../src/work/output-links.ts';

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const REQUEST: RequestRow = {
  rid: 1,
  id: ID,
  status: 'PROCESSING',
  options: '{}',
  dialect: '{}',
  file_name: null,
  owner: '',
  fingerprint: '',
  total_products: 2,
  total_images: 1_000,
  duplicates: 0,
  faulty_rows: 0,
  done: 990,
  failed: 9,
  bytes_in: 3_000,
  bytes_out: 1_000,
  cursor: 0,
  open_chunks: 0,
  open_retries: 0,
  finishing: 0,
  created_at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  started_at: null,
  finished_at: null,
  error: null,
};
const END = { status: 'COMPLETED', finished_at: Date.UTC(2026, 0, 3) } as const;

const answer = (request: Partial<RequestRow>, facts: Partial<StatusFacts> = {}) =>
  statusAnswer(
    {
      request: { ...REQUEST, ...request },
      page: { products: [], next: null },
      failures: [],
      rate: null,
      deliveries: [],
      paused: null,
      ...facts,
    },
    servedLinks('https://halve.example'),
  );

test('progress counts successes and failures apart, and says 100 only at the end', async () => {
  assert.deepEqual((await answer({}, { rate: 2.3456 })).progress, {
    total: 1_000,
    done: 990,
    failed: 9,
    percent: 99.9,
    images_per_second: 2.35,
    eta_seconds: 1,
  });
  assert.equal((await answer({ done: 999, failed: 0, total_images: 1_000_000 })).progress.percent, 0);
  assert.equal((await answer({ done: 991, ...END })).progress.percent, 100);
  assert.equal((await answer({}, { rate: 0 })).progress.eta_seconds, null);
  assert.equal((await answer(END, { rate: 5 })).progress.images_per_second, null);
});

test('times are ISO 8601 in UTC, absent facts are null', async () => {
  const { created_at, started_at, finished_at, output_csv, errors_csv, error, deliveries } = await answer({});
  assert.equal(created_at, '2026-01-02T03:04:05.678Z');
  assert.deepEqual([started_at, finished_at, output_csv, errors_csv, error], [null, null, null, null, null]);
  assert.deepEqual(deliveries, []);
  assert.equal((await answer({ bytes_in: 0, bytes_out: 0 })).saved_percent, null);
  assert.equal((await answer({})).saved_percent, 66.6);
});

test('files are named once they stand, the errors file only when it holds something', async () => {
  const csv = (kind: string): string => `https://halve.example/csvfile/${ID}_${kind}.csv`;
  const files = async (request: Partial<RequestRow>) => {
    const { output_csv, errors_csv } = await answer({ ...END, ...request });
    return [output_csv, errors_csv];
  };
  assert.deepEqual(await files({}), [csv('output'), csv('errors')]);
  assert.deepEqual(await files({ failed: 0 }), [csv('output'), null]);
  assert.deepEqual(await files({ failed: 0, faulty_rows: 1 }), [csv('output'), csv('errors')]);
  assert.deepEqual(await files({ status: 'CANCELLED', finished_at: null }), [null, null]);
});

test('failures are one entry a code, the most frequent first, with their groups named', async () => {
  const many = Array.from({ length: 12 }, (_, i) => ({ code: 'http_status', detail: String(400 + i), count: 1 }));
  const { failures } = await answer(
    {},
    {
      failures: [
        { code: 'timed_out', detail: '', count: 20 },
        { code: 'http_status', detail: '404', count: 37 },
        { code: 'http_status', detail: '500', count: 2 },
      ],
    },
  );
  assert.deepEqual(failures, [
    {
      code: 'http_status',
      count: 39,
      message: 'The server answered with an error instead of the image (404: 37, 500: 2).',
    },
    { code: 'timed_out', count: 20, message: 'The server did not answer in time.' },
  ]);
  assert.match(String((await answer({}, { failures: many })).failures[0]?.message), /407: 1, …\)\.$/);
});
