import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { status as answerStatus } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { childrenOf } from '../helpers/processes.ts';
import { startProcessor } from '../helpers/processor.ts';
import { SECRET, sendMessage, takenAnswer } from '../helpers/signed-message.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../helpers/start-server.ts';
import { type ReceivedMessage, startReceiver } from '../helpers/webhook-receiver.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls';
const urlOf = (n: number): string => `https://shop.example/${n}.jpg`;
const csvOf = (urls: readonly string[]): string =>
  `${HEADER}\n${urls.map((url, n) => `${n},Shoe ${n},${url}`).join('\n')}\n`;

const start = (
  t: TestContext,
  url: string,
  { timeoutMs = 60_000, ...engine }: { timeoutMs?: number } & TestServerOptions['engine'] = {},
): Promise<TestServer> =>
  startTestServer(t, {
    working: true,
    engine: { webhookSecrets: [SECRET], processor: { url, timeoutMs }, ...engine },
  });

interface Task {
  readonly request_id: string;
  readonly callback_url: string;
  readonly images: readonly { readonly file_id: string; readonly input_url: string }[];
}

const taskOf = (message: ReceivedMessage): Task => JSON.parse(message.body);
const doneOf = (task: Task, tag = 'half') => ({
  type: 'images.processed',
  request_id: task.request_id,
  images: task.images.map((image) => ({ ...image, output_url: `${image.input_url}/${tag}` })),
});
const send = (task: Task, message: unknown): Promise<Record<string, unknown>> =>
  takenAnswer(sendMessage(task.callback_url.replace('/webhook-completed', ''), message));

test('the example processor does a whole catalogue, and no press is started', async (t) => {
  const photo = await encoded(picture({ width: 240, height: 160, kind: 'photo' }), 'jpeg', { quality: 95 });
  const origin = await startOrigin(t);
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(photo);
  });
  origin.route('/p/gone.jpg', answerStatus(404));
  origin.serve('/p/text.jpg', Buffer.from('no picture'), 'image/jpeg');
  const processor = await startProcessor(t, { secret: SECRET });
  const server = await start(t, processor.url);
  const urls = [...Array.from({ length: 40 }, (_, n) => `${origin.url}/p/${n}.jpg`), `${origin.url}/p/7.jpg`];
  const broken = [`${origin.url}/p/gone.jpg`, `${origin.url}/p/text.jpg`];
  const request = await server.submit(csvOf([...urls, ...broken]));
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done, ended.failed], ['COMPLETED', 41, 2]);
  assert.deepEqual(
    childrenOf(process.pid).filter((pid) => pid !== processor.pid),
    [],
  );
  const shown = JSON.parse(await (await fetch(`${server.url}/status/${request.id}`)).text());
  const images = shown.products.flatMap((product: { images: unknown[] }) => product.images);
  for (const image of images.slice(0, 41)) {
    assert.deepEqual(
      [image.state, image.outcome, image.engine, image.format, image.attempts],
      ['COMPLETED', 'met', 'outside', 'jpeg', 1],
    );
    assert.ok(image.output_url.startsWith(`${processor.publicUrl}/images/`));
  }
  assert.equal(images[7].output_url, images[40].output_url);
  const half = Buffer.from(await (await fetch(images[0].output_url)).arrayBuffer());
  assert.ok(half.byteLength === images[0].bytes_out && half.byteLength <= photo.byteLength / 2);
  assert.equal((await sharp(half, { failOn: 'warning' }).metadata()).width, 240);
  assert.deepEqual(
    images
      .slice(41)
      .map((image: { code: string; message: string }) => [image.code, image.message])
      .slice(0, 1),
    [['processor_failed', 'The server answered 404.']],
  );
  assert.equal(images[42].code, 'processor_failed');
  const lines = (await server.resultFile(request, 'output')).split('\n');
  assert.equal(lines[1], `0,Shoe 0,${urls[0]},${images[0].output_url}`);
  assert.equal(lines[42], `41,Shoe 41,${broken[0]},`);
  assert.equal(origin.hits('/p/7.jpg'), 1);
});

test('images are PROCESSING while they are out; partial results count, and only the rest is posted again', async (t) => {
  const processor = await startReceiver(t);
  const server = await start(t, processor.url, { timeoutMs: 150 });
  const request = await server.submit(csvOf([urlOf(1), urlOf(2), urlOf(3), urlOf(1)]), { start: 'manual' });
  await server.engine.requests.process(request.id);
  const tasks = [];
  // Four chunks share a small request out; this one has three different images.
  for (let n = 0; n < 3; n += 1) tasks.push(taskOf(await processor.next()));
  const shown = JSON.parse(await (await fetch(`${server.url}/status/${request.id}`)).text());
  assert.equal(shown.status, 'PROCESSING');
  assert.equal(shown.products[0].images[0].state, 'PROCESSING');
  const [first, second, third] = tasks;
  assert.ok(first && second && third);
  await send(first, doneOf(first));
  const again = [taskOf(await processor.next()), taskOf(await processor.next())];
  assert.deepEqual(again.flatMap((task) => task.images.map(({ input_url }) => input_url)).toSorted(), [
    urlOf(2),
    urlOf(3),
  ]);
  // The first post of an image is as good as the second.
  assert.equal((await send(second, doneOf(second, 'late'))).accepted, 1);
  assert.equal((await send(third, doneOf(third, 'late'))).accepted, 1);
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done], ['COMPLETED', 4]);
  assert.match(await server.resultFile(request, 'output'), /2\.jpg\/late\n.*3\.jpg\/late\n/);
  for (const task of again) {
    const { ignored } = await send(task, doneOf(task));
    assert.deepEqual(ignored, [{ input_url: task.images[0]?.input_url, reason: 'the request is finished' }]);
  }
});

test('a processor that takes everything and answers nothing is asked four times', async (t) => {
  const processor = await startReceiver(t);
  const server = await start(t, processor.url, { timeoutMs: 20 });
  const request = await server.submit(csvOf([urlOf(1)]));
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.failed], ['FAILED', 1]);
  assert.equal(processor.messages.length, 4);
  assert.equal(new Set(processor.messages.map(({ id }) => id)).size, 4);
  const shown = JSON.parse(await (await fetch(`${server.url}/status/${request.id}`)).text());
  assert.deepEqual(shown.failures, [
    { code: 'processor_timed_out', count: 1, message: 'The outside image processor did not answer in time.' },
  ]);
});

test('results may come before the post is answered, whatever it is answered then', async (t) => {
  const processor = await startReceiver(t);
  processor.answer = async (n, message) => {
    const task = taskOf(message);
    assert.equal((await send(task, doneOf(task))).accepted, task.images.length);
    return { status: n % 2 === 0 ? 202 : 500 };
  };
  const server = await start(t, processor.url);
  const request = await server.submit(csvOf(Array.from({ length: 20 }, (_, n) => urlOf(n))));
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done], ['COMPLETED', 20]);
});

test('a processor that is down for a moment costs no image; one that stays down costs them all', async (t) => {
  const processor = await startReceiver(t);
  // Real waits, of a third of a second: four tries last a second, far longer than it takes to come back.
  const server = await start(t, processor.url, { backoff: () => 300 });
  await processor.die();
  const urls = [urlOf(1), urlOf(2), urlOf(3)];
  const request = await server.submit(csvOf(urls));
  await new Promise<void>((resolve) => {
    server.engine.events.on('change', ({ open_retries }) => {
      if (open_retries > 0) resolve();
    });
  });
  await processor.revive();
  processor.answer = async (_n, message) => {
    const task = taskOf(message);
    await send(task, doneOf(task));
    return { status: 202 };
  };
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done], ['COMPLETED', 3]);

  processor.answer = () => ({ status: 410 });
  const second = await start(t, processor.url);
  const hopeless = await second.submit(csvOf(urls));
  const failed = await second.finished(hopeless);
  assert.deepEqual([failed.status, failed.failed], ['FAILED', 3]);
  const errors = await second.resultFile(hopeless, 'errors');
  assert.match(errors, /The outside image processor did not take the image: it answered 410 Gone\./);
});

test('a cancelled request is dropped, a deleted one forgotten; both make room', async (t) => {
  const processor = await startReceiver(t);
  const server = await start(t, processor.url);
  const requests = [await server.submit(csvOf([urlOf(1), urlOf(2)])), await server.submit(csvOf([urlOf(3), urlOf(4)]))];
  const tasks = [];
  for (let n = 0; n < 4; n += 1) tasks.push(taskOf(await processor.next()));
  const [cancelled, deleted] = requests;
  assert.ok(cancelled && deleted);
  // All places are taken; it waits.
  const third = await server.submit(csvOf([urlOf(5)]));
  await server.engine.requests.cancel(cancelled.id);
  const next = taskOf(await processor.next());
  assert.equal(next.request_id, third.id);
  await server.engine.requests.remove(deleted.id);
  for (const task of tasks) {
    const answer = await sendMessage(server.url, doneOf(task));
    assert.equal(answer.status, task.request_id === deleted.id ? 404 : 200);
    if (answer.status === 200) assert.match(await answer.text(), /the request was cancelled/);
  }
  await send(next, doneOf(next));
  assert.equal((await server.finished(third)).status, 'COMPLETED');
  assert.equal((await server.finished(cancelled)).status, 'CANCELLED');
});

test('a bigger request goes out a few chunks at a time, and its results are found by address alone', async (t) => {
  const processor = await startReceiver(t);
  processor.answer = async (_n, message) => {
    const task = taskOf(message);
    assert.ok(task.images.length <= 32);
    const { request_id, images } = doneOf(task);
    const byAddress = images.map(({ input_url, output_url }) => ({ input_url, output_url }));
    assert.equal((await send(task, { request_id, images: byAddress })).accepted, images.length);
    return { status: 200 };
  };
  const server = await start(t, processor.url);
  const request = await server.submit(csvOf(Array.from({ length: 600 }, (_, n) => urlOf(n))));
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done], ['COMPLETED', 600]);
  assert.ok(processor.peakConnections <= 4, `${processor.peakConnections} posts at once`);
});
