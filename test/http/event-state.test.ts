import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventState, finishedId, isNews, openingText } from '../../src/http/event-state.ts';
import { eventText } from '../../src/http/event-stream.ts';
import type { StatusSummary } from '../../src/http/status-answer.ts';

const SUMMARY: StatusSummary = {
  request_id: '01234567-89ab-4cde-8f01-23456789abcd',
  status: 'PROCESSING',
  paused: null,
  progress: { total: 10, done: 3, failed: 1, percent: 40, images_per_second: 2, eta_seconds: 3 },
  bytes_in: 100,
  bytes_out: 50,
  saved_percent: 50,
  created_at: '2026-01-02T03:04:05.678Z',
  started_at: '2026-01-02T03:04:06.000Z',
  finished_at: null,
  output_csv: null,
  errors_csv: null,
  error: null,
  failures: [{ code: 'timed_out', count: 1, message: 'The server did not answer in time.' }],
  deliveries: [],
};
const END = { status: 'COMPLETED', finished_at: '2026-01-02T03:05:00.000Z' } as const;

const idOf = (changes: Partial<StatusSummary>): string => eventState({ ...SUMMARY, ...changes }).id;

test('an id names the facts, whoever tells them and whenever', () => {
  const { progress } = SUMMARY;
  const same: Partial<StatusSummary>[] = [
    {},
    // Another process has another pace.
    { progress: { ...progress, images_per_second: null, eta_seconds: null } },
    { progress: { ...progress, images_per_second: 7.5, eta_seconds: 1 } },
    // Signed links are other links each time.
    { output_csv: 'https://bucket.example/output.csv?signature=1', errors_csv: 'https://bucket.example/e.csv' },
  ];
  assert.equal(new Set(same.map(idOf)).size, 1);
  const others: Partial<StatusSummary>[] = [
    {},
    { progress: { ...progress, done: 4, percent: 50 } },
    { progress: { ...progress, failed: 2, percent: 50 } },
    { bytes_out: 51 },
    { status: 'CANCELLED' },
    { paused: 'The storage cannot be reached.' },
    { started_at: '2026-01-02T03:04:07.000Z' },
    { failures: [] },
    { error: 'No image could be processed.' },
    END,
  ];
  assert.equal(new Set(others.map(idOf)).size, others.length);
  assert.match(idOf({}), /^[\w-]{22}$/);
});

test('deliveries after the end make no other end', () => {
  const delivery = {
    id: 'msg_1',
    kind: 'webhook',
    state: 'PENDING',
    target: 'https://shop.example/',
    created_at: '2026-01-02T03:05:00.000Z',
    next_attempt_at: null,
    attempts: [],
  } as const;
  const before = eventState({ ...SUMMARY, ...END });
  const after = eventState({ ...SUMMARY, ...END, deliveries: [{ ...delivery, attempts: [] }] });
  assert.equal(finishedId(after), finishedId(before));
  assert.notEqual(after.data, before.data);
});

test('news are other facts, or a pace that is a tenth off', () => {
  const at = (rate: number | null, changes: Partial<StatusSummary> = {}) =>
    eventState({ ...SUMMARY, ...changes, progress: { ...SUMMARY.progress, images_per_second: rate } });
  const table: [seen: number | null, now: number | null, news: boolean][] = [
    [10, 10, false],
    [10, 9.1, false],
    [10, 8.9, true],
    [10, 10.9, false],
    [10, 11.1, true],
    [null, null, false],
    [null, 1, true],
    [1, null, true],
  ];
  for (const [seen, now, news] of table) assert.equal(isNews(at(seen), at(now)), news, `${seen} then ${now}`);
  assert.equal(isNews(at(10), at(10, { bytes_in: 101 })), true);
});

test('a stream begins with what the client does not have yet', () => {
  const running = eventState(SUMMARY);
  const ended = eventState({ ...SUMMARY, ...END });
  const names = (text: string): string[] => [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => String(name));
  assert.deepEqual(names(openingText(running, undefined)), ['snapshot']);
  assert.deepEqual(names(openingText(running, 'another')), ['snapshot']);
  assert.deepEqual(names(openingText(running, running.id)), []);
  assert.match(openingText(running, running.id), /^: /m);
  assert.deepEqual(names(openingText(ended, undefined)), ['snapshot', 'finished']);
  assert.deepEqual(names(openingText(ended, ended.id)), ['finished']);
  assert.match(openingText(running, undefined), /^retry: 3000\n/);
});

test('whatever is shown, an event is one block with one line of data', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.array(fc.constantFrom('\n', '\r', '\r\n', '\u2028', '\0', ':')),
      (a, b) => {
        const facts = { text: a, breaks: b.join('') };
        const text = eventText({ event: 'progress', id: 'x', data: JSON.stringify(facts) });
        const lines = text.split(/\r\n|\n|\r/);
        assert.deepEqual(
          [lines.length, lines[0], lines[1], lines[3], lines[4]],
          [5, 'event: progress', 'id: x', '', ''],
        );
        assert.deepEqual(JSON.parse(String(lines[2]).slice('data: '.length)), facts);
      },
    ),
  );
});
