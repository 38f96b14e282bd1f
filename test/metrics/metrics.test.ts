import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { ERRORS, isImageErrorCode } from '../../src/core/errors.ts';
import { FORMATS } from '../../src/core/options.ts';
import { REQUEST_STATUSES } from '../../src/core/states.ts';
import { Metrics, type Snapshot } from '../../src/metrics/metrics.ts';
import { parseExposition, sampleValue } from '../helpers/exposition.ts';

const NOTHING: Snapshot = { requests: {}, queue: [], paused: false, eventStreams: 0 };
const SETTLED = { images: 1, outcome: 'met', code: null, bytesIn: 0, bytesOut: 0, work: null };

test('everything counted comes out, and adds up', async () => {
  const metrics = new Metrics();
  metrics.settled({
    ...SETTLED,
    images: 3,
    bytesIn: 300,
    bytesOut: 150,
    work: { format: 'jpeg', downloadMs: 40, compressMs: 20 },
  });
  metrics.settled({ ...SETTLED, outcome: 'failed', code: 'timed_out' });
  metrics.settled({ ...SETTLED, outcome: null, bytesIn: 10, bytesOut: 5 });
  metrics.delivered('webhook', true);
  metrics.delivered('email', false);
  for (const died of [true, false]) {
    metrics.pressStarted();
    metrics.pressStarted();
    metrics.pressEnded(died);
  }
  metrics.answered({ method: 'GET', route: '/status/:request_id', status: 200, ms: 12 });
  metrics.answered({ method: 'PROPFIND', route: null, status: 404, ms: 1 });
  const text = await metrics.text({
    requests: { PROCESSING: 2 },
    queue: [{ kind: 'images', entries: 7, oldestDueMs: 1_500 }],
    paused: true,
    eventStreams: 4,
  });
  const families = parseExposition(text);
  const expected: [name: string, labels: Record<string, string>, value: number][] = [
    ['halve_images_total', { outcome: 'met', code: '' }, 3],
    ['halve_images_total', { outcome: 'failed', code: 'timed_out' }, 1],
    ['halve_images_total', { outcome: 'failed', code: 'http_status' }, 0],
    ['halve_images_total', { outcome: 'unknown', code: '' }, 1],
    ['halve_image_input_bytes_total', {}, 310],
    ['halve_image_output_bytes_total', {}, 155],
    ['halve_image_encode_seconds_count', { format: 'jpeg' }, 1],
    ['halve_image_encode_seconds_sum', { format: 'jpeg' }, 0.02],
    ['halve_image_download_seconds_sum', {}, 0.04],
    ['halve_delivery_attempts_total', { kind: 'webhook', outcome: 'ok' }, 1],
    ['halve_delivery_attempts_total', { kind: 'webhook', outcome: 'failed' }, 0],
    ['halve_delivery_attempts_total', { kind: 'email', outcome: 'failed' }, 1],
    ['halve_presses', {}, 2],
    ['halve_press_ends_total', { reason: 'died' }, 1],
    ['halve_press_ends_total', { reason: 'retired' }, 1],
    ['halve_http_request_duration_seconds_count', { method: 'GET', route: '/status/:request_id', status: '200' }, 1],
    ['halve_http_request_duration_seconds_count', { method: 'other', route: 'none', status: '404' }, 1],
    ['halve_requests', { status: 'PROCESSING' }, 2],
    ['halve_requests', { status: 'FAILED' }, 0],
    ['halve_queue_entries', { kind: 'images' }, 7],
    ['halve_queue_age_seconds', { kind: 'images' }, 1.5],
    ['halve_work_paused', {}, 1],
    ['halve_event_streams', {}, 4],
  ];
  for (const [name, labels, value] of expected) assert.equal(sampleValue(families, name, labels), value, name);
});

test('a snapshot replaces the last one, and two instances know nothing of each other', async () => {
  const [one, other] = [new Metrics(), new Metrics()];
  one.settled(SETTLED);
  await one.text({ ...NOTHING, requests: { PENDING: 5 }, paused: true, eventStreams: 9 });
  const families = parseExposition(await one.text(NOTHING));
  for (const name of ['halve_work_paused', 'halve_event_streams']) assert.equal(sampleValue(families, name), 0);
  for (const status of REQUEST_STATUSES) assert.equal(sampleValue(families, 'halve_requests', { status }), 0);
  const others = parseExposition(await other.text(NOTHING));
  assert.equal(sampleValue(others, 'halve_images_total', { outcome: 'met' }), 0);
});

test('names follow the conventions', async () => {
  for (const { name, type, help, samples } of parseExposition(await new Metrics().text(NOTHING)).values()) {
    assert.match(name, /^halve_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), type === 'counter', name);
    if (type === 'histogram') assert.match(name, /_seconds$/);
    assert.match(help, /^[A-Z0-9].*\.$/);
    for (const { labels } of samples) for (const label of Object.keys(labels)) assert.match(label, /^[a-z_]+$/);
  }
});

test('whatever comes in, label values come from closed lists', async () => {
  const metrics = new Metrics();
  const codes = Object.keys(ERRORS);
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom(...codes)),
      fc.string(),
      fc.constantFrom(...FORMATS),
      (code, method, format) => {
        metrics.settled({ ...SETTLED, outcome: 'failed', code });
        metrics.settled({ ...SETTLED, work: { format, downloadMs: 1, compressMs: 1 } });
        metrics.answered({ method, route: '/healthz', status: 200, ms: 1 });
      },
    ),
  );
  const families = parseExposition(await metrics.text(NOTHING));
  const values = (name: string, label: string) =>
    new Set((families.get(name)?.samples ?? []).map(({ labels }) => labels[label]));
  const allowed = new Set<string | undefined>(['', ...codes.filter(isImageErrorCode)]);
  assert.deepEqual(
    [...values('halve_images_total', 'code')].filter((code) => !allowed.has(code)),
    [],
  );
  assert.deepEqual(values('halve_http_request_duration_seconds', 'method'), new Set(['other']));
});

test('docs/metrics.md lists what there is, with type and labels, and its alerts watch what there is', async () => {
  const metrics = new Metrics();
  metrics.watchProcess();
  metrics.settled({ ...SETTLED, work: { format: 'jpeg', downloadMs: 1, compressMs: 1 } });
  metrics.answered({ method: 'GET', route: '/healthz', status: 200, ms: 1 });
  const families = parseExposition(
    await metrics.text({ ...NOTHING, queue: [{ kind: 'images', entries: 0, oldestDueMs: 0 }] }),
  );
  const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const listed = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\| (.+) \|$/gm)].map(([, name = '', type, labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) },
    ]),
  );
  // What only Linux tells is missing elsewhere.
  const linuxOnly = [...page.matchAll(/^\| `(\w+)` .*\(Linux only\)/gm)].map(([, name = '']) => name);
  const expected = [...listed.keys()].filter((name) => process.platform === 'linux' || !linuxOnly.includes(name));
  assert.deepEqual([...families.keys()].sort(), expected.sort());
  for (const { name, type, samples } of families.values()) {
    assert.equal(listed.get(name)?.type, type, name);
    const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)).filter((label) => label !== 'le'));
    for (const label of labels) assert.ok(listed.get(name)?.labels.includes(label), `${name} ${label}`);
  }
  const [, alerts = ''] = page.split('## Three alerts');
  assert.equal(alerts.match(/- alert:/g)?.length, 3);
  const watched = [...alerts.matchAll(/\b(halve_\w+)(?:\{(\w+)=)?/g)];
  assert.ok(watched.length > 3);
  for (const [, name = '', label] of watched) {
    assert.ok(families.has(name), name);
    if (label !== undefined) assert.ok(listed.get(name)?.labels.includes(label), `${name} ${label}`);
  }
});
