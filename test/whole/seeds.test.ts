/** Walks through docs/seeds.md: every numbered step, against the real service, on disk and on S3. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { startProcessor } from '../helpers/processor.ts';
import { startS3Server } from '../helpers/s3-server.ts';
import { openWalk, SECRET, type Status, type Walk } from '../helpers/seed-walk.ts';

const outputsOf = ({ products }: Status): (string | null)[] => products.flatMap((product) => product.output_image_urls);

/** The stored images are there, are images, and have at most half of the bytes. */
const assertHalved = async (status: Status): Promise<void> => {
  for (const { output_url, bytes_in, bytes_out, outcome } of status.products.flatMap(({ images }) => images)) {
    const answer = await fetch(output_url ?? '');
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.equal((await answer.arrayBuffer()).byteLength, bytes_out);
    assert.ok(bytes_out <= bytes_in / 2, `${bytes_out} of ${bytes_in} bytes: ${outcome}`);
  }
};

const seed000 = async (walk: Walk, storage: 'disk' | 's3'): Promise<void> => {
  const id = await walk.upload('/upload/', walk.csv(false), { start: 'manual' });
  const before = await walk.status(`/status/${id}/`);
  assert.equal(before.status, 'PENDING');
  assert.equal(before.products[0]?.input_image_urls.length, 2);
  assert.deepEqual(outputsOf(before), [null, null, null]);
  walk.step('0.1');
  const started = await walk.call(`/process/${id}/`, { method: 'POST' });
  assert.equal(started.status, 202);
  const { status: moved }: { status: string } = JSON.parse(await started.text());
  assert.equal(moved, 'PROCESSING');
  walk.step('0.2');
  const after = await walk.finished(id);
  await assertHalved(after);
  if (storage === 's3') for (const url of outputsOf(after)) assert.match(url ?? '', /\/images\/.*-output\.jpg$/);
  else {
    const file = await fetch(outputsOf(after)[0] ?? '');
    assert.match(file.headers.get('content-disposition') ?? '', /1-1-shoe-output\.jpg/);
  }
  walk.step('0.3');
  assert.equal(after.status, 'COMPLETED');
  assert.ok(outputsOf(after).every((url) => url !== null));
  walk.step('0.4');
  const strict = await walk.finished(await walk.upload('/upload/', walk.csv(true), { strict: 'true' }));
  assert.equal(strict.status, 'FAILED');
  assert.match(strict.error ?? '', /1 of 3 images failed/);
  walk.step('0.5');
  const told = await walk.upload('/upload/', walk.csv(false), { webhook_url: walk.receiver.url });
  const message: Record<string, unknown> = JSON.parse((await walk.receiver.next()).body);
  assert.deepEqual([message.request_id, message.status], [told, 'COMPLETED']);
  walk.step('0.6');
};

const seed001 = async (walk: Walk): Promise<void> => {
  const id = await walk.upload('/upload/', walk.csv(false), { webhook_url: walk.receiver.url });
  walk.step('1.1');
  const form = new FormData();
  form.set('file', new File([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3])], 'photo.jpg'));
  const list = async (): Promise<string> => (await walk.call('/requests')).text();
  const known = JSON.parse(await list()).requests.length;
  assert.equal((await walk.call('/upload/', { method: 'POST', body: form })).status, 400);
  assert.equal(JSON.parse(await list()).requests.length, known);
  walk.step('1.2');
  const status = await walk.finished(id);
  assert.equal(status.products[0]?.input_image_urls.length, status.products[0]?.output_image_urls.length);
  walk.step('1.3');
  await assertHalved(status);
  walk.step('1.4');
  const message = await walk.receiver.next();
  assert.equal(JSON.parse(message.body).request_id, id);
  walk.step('1.5');
};

const seed002 = async (t: TestContext, settings: Record<string, string>): Promise<string[]> => {
  const processor = await startProcessor(t, { secret: SECRET });
  const walk = await openWalk(t, {
    ...settings,
    HALVE_PROCESSOR_URL: processor.url,
    HALVE_ALLOW_HOSTS: [processor.host, settings.HALVE_ALLOW_HOSTS].filter(Boolean).join(','),
  });
  const id = await walk.upload('/api/upload/', walk.csv(true));
  walk.step('2.1');
  const status = await walk.finished(id);
  const shown = await walk.status(`/api/status/${id}/`);
  assert.equal(shown.request_id, id);
  assert.equal(shown.products.length, 2);
  walk.step('2.2');
  const urls = outputsOf(status);
  assert.ok(urls.slice(0, 2).every((url) => url?.startsWith(processor.publicUrl)));
  assert.equal((await fetch(urls[0] ?? '')).status, 200);
  walk.step('2.3');
  assert.deepEqual(
    status.failures.map(({ code, count }) => [code, count]),
    [['processor_failed', 1]],
  );
  walk.step('2.4');
  assert.equal(status.status, 'COMPLETED');
  walk.step('2.5');
  return walk.steps;
};

const seed003 = async (walk: Walk, storage: 'disk' | 's3'): Promise<void> => {
  const id = await walk.upload('/upload', walk.csv(true), { webhook_url: walk.receiver.url, quality: '50' });
  walk.step('3.1');
  const status = await walk.finished(id);
  const done = status.products[0]?.images ?? [];
  assert.deepEqual(
    done.map(({ quality }) => quality),
    [50, 50],
  );
  walk.step('3.2');
  const image = outputsOf(status)[0] ?? '';
  const csvUrl = status.output_csv ?? '';
  if (storage === 's3') {
    assert.match(image, new RegExp(`/images/${id}/1-1-shoe-output\\.jpg$`));
    assert.match(csvUrl, new RegExp(`/csvfile/${id}_output\\.csv$`));
    assert.equal((await fetch(image)).headers.get('content-type'), 'image/jpeg');
  }
  walk.step('3.3');
  assert.equal(status.status, 'COMPLETED');
  assert.equal(status.error, null);
  walk.step('3.4');
  const lines = (await (await fetch(csvUrl)).text()).split('\n');
  assert.equal(lines[0], 'Serial Number,Product Name,Input Image Urls,Output Image Urls');
  assert.ok(lines[1]?.endsWith(`"${outputsOf(status).slice(0, 2).join(',')}"`), lines[1]);
  walk.step('3.5');
  const message = await walk.receiver.next();
  new Webhook(SECRET).verify(message.body, { ...message.headers });
  const body: Record<string, unknown> = JSON.parse(message.body);
  assert.deepEqual([body.request_id, body.status, body.output_csv], [id, 'COMPLETED', csvUrl]);
  assert.match(String(body.message), /2 of 3 images done, 1 failed/);
  walk.step('3.6');
  assert.deepEqual(
    status.failures.map(({ code, count }) => [code, count]),
    [['http_status', 1]],
  );
  assert.deepEqual([status.progress.done, status.progress.failed], [2, 1]);
  walk.step('3.7');
};

const seed004 = async (walk: Walk): Promise<void> => {
  const id = await walk.upload('/upload', walk.csv(false), { email: 'me@shop.example' });
  walk.step('4.1');
  const { progress, products } = await walk.finished(id);
  assert.deepEqual([progress.total, progress.done, progress.percent], [3, 3, 100]);
  walk.step('4.2');
  const image = await walk.call(`/image/${products[0]?.images[0]?.file_id}`);
  assert.equal(image.headers.get('content-type'), 'image/jpeg');
  assert.equal((await image.arrayBuffer()).byteLength, products[0]?.images[0]?.bytes_out);
  walk.step('4.3');
  const mail = await walk.mails.next();
  const [attachment] = mail.parsed.attachments;
  assert.deepEqual(mail.to, ['me@shop.example']);
  assert.equal(attachment?.filename, 'shoes_output.csv');
  walk.step('4.4');
  const body = JSON.stringify({ request_id: id });
  const at = new Date();
  const headers = {
    'webhook-id': 'msg_again',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(SECRET).sign('msg_again', at, body),
  };
  const announce = () => walk.call('/webhook-completed', { method: 'POST', headers, body });
  assert.equal((await announce()).status, 200);
  assert.equal((await announce()).status, 200);
  const again = await walk.mails.next();
  assert.equal(again.parsed.subject, mail.parsed.subject);
  walk.step('4.5');
  assert.match(await (await walk.call('/docs')).text(), /openapi/i);
  walk.step('4.6');
};

const steps = [...(await readFile('docs/seeds.md', 'utf8')).matchAll(/^\| (\d\.\d) \|/gm)].map(([, number]) => number);

for (const storage of ['disk', 's3'] as const) {
  test(`every step of docs/seeds.md can be walked, with files on ${storage}`, { timeout: 120_000 }, async (t) => {
    const s3 = storage === 's3' ? await startS3Server(t) : null;
    const settings: Record<string, string> =
      s3 === null
        ? {}
        : { HALVE_STORAGE_URL: s3.storageUrl, HALVE_ALLOW_HOSTS: `127.0.0.1:${s3.port}`, ...s3.environment };
    const walk = await openWalk(t, settings);
    await seed000(walk, storage);
    await seed001(walk);
    const outside = await seed002(t, settings);
    await seed003(walk, storage);
    await seed004(walk);
    assert.deepEqual([...walk.steps, ...outside].toSorted(), steps.toSorted());
    assert.equal(walk.mails.received.length, 2);
  });
}
