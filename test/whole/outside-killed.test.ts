import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { imagesBetween } from '../../src/db/images.ts';
import { openSqliteDatabase } from '../../src/db/open-database.ts';
import { findRequest } from '../../src/db/requests.ts';
import { fetchAsTold } from '../helpers/fetch-as-told.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { startProcessor } from '../helpers/processor.ts';
import { type Served, serve } from '../helpers/serve.ts';
import { newMessageId, SECRET, sendMessage, takenAnswer } from '../helpers/signed-message.ts';
import { freshFolder } from '../helpers/temp-folder.ts';
import { type ReceivedMessage, startReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls';

interface Task {
  readonly request_id: string;
  readonly images: readonly { readonly file_id: string; readonly input_url: string }[];
}

const upload = async (service: Served, urls: readonly string[], webhookUrl: string): Promise<string> => {
  const rows = urls.map((url, n) => `${n},Shoe ${n},${url}`).join('\n');
  const response = await fetchAsTold(service.url, `/upload?webhook_url=${encodeURIComponent(webhookUrl)}`, {
    method: 'POST',
    body: `${HEADER}\n${rows}\n`,
    headers: { 'content-type': 'text/csv' },
  });
  assert.equal(response.status, 202, await response.clone().text());
  return JSON.parse(await response.text()).request_id;
};

/** What is in the books after the service has ended. */
const assertNothingLeft = async (t: TestContext, folder: string, id: string) => {
  const database = await openSqliteDatabase(join(folder, 'data'));
  t.after(() => database.close());
  const request = await findRequest(database.read, id);
  assert.ok(request);
  assert.deepEqual([request.open_chunks, request.open_retries, request.finishing], [0, 0, 0]);
  // The receiver may have heard of the end before the service noted that it did.
  const jobs = await database.read.selectFrom('jobs').select('kind').where('kind', '!=', 'deliver').execute();
  assert.deepEqual(jobs, []);
  return { request, images: await imagesBetween(database.read, request.rid, 1, request.total_images) };
};

const settings = (folder: string, processorUrl: string, receiver: WebhookReceiver): Record<string, string> => ({
  HALVE_DATA_DIR: join(folder, 'data'),
  HALVE_WEBHOOK_SECRET: SECRET,
  HALVE_PROCESSOR_URL: processorUrl,
  HALVE_ALLOW_HOSTS: receiver.host,
});

test('killed with chunks out: they are posted again, and results of either post are taken, each once', async (t) => {
  const folder = await freshFolder(t);
  const [processor, receiver] = await Promise.all([startReceiver(t), startReceiver(t)]);
  const common = settings(folder, processor.url, receiver);
  const first = await serve(t, common);
  const id = await upload(first, ['https://shop.example/1.jpg', 'https://shop.example/2.jpg'], receiver.url);
  const posts: Task[] = [];
  for (let n = 0; n < 2; n += 1) posts.push(JSON.parse((await processor.next()).body));
  const results = ({ request_id, images }: Task, tag: string): unknown => ({
    request_id,
    images: images.map((image) => ({ ...image, output_url: `https://cdn.example/${tag}.jpg` })),
  });
  const [one, two] = posts;
  assert.ok(one && two);
  // One message is taken before the kill, and sent again after it, as if its answer had been lost.
  const messageId = newMessageId();
  const answer = await takenAnswer(sendMessage(first.url, results(one, 'early'), { id: messageId }));
  assert.equal(answer.accepted, 1);
  await first.kill();

  const second = await serve(t, { ...common, PORT: new URL(first.url).port });
  const again: Task = JSON.parse((await processor.next()).body);
  assert.deepEqual(again.images, two.images);
  assert.deepEqual(await takenAnswer(sendMessage(second.url, results(one, 'early'), { id: messageId })), answer);
  assert.equal((await takenAnswer(sendMessage(second.url, results(two, 'first-post')))).accepted, 1);
  assert.equal((await takenAnswer(sendMessage(second.url, results(again, 'second-post')))).accepted, 0);
  const { request_id, done, failed } = JSON.parse((await receiver.next()).body);
  assert.deepEqual([request_id, done, failed], [id, 2, 0]);
  assert.equal(processor.messages.length, 3);
});

test('killed again and again while the example processor works: nothing lost, nothing twice', async (t) => {
  const KILLS = 3;
  // More than twice what the processor can have at once, so that there is something left to do after each kill.
  const IMAGES = 300;
  const folder = await freshFolder(t);
  const photo = await encoded(picture({ width: 48, height: 36, kind: 'photo' }), 'jpeg', { quality: 95 });
  const [processor, receiver, origin] = await Promise.all([
    startProcessor(t, { secret: SECRET }),
    startReceiver(t),
    startOrigin(t),
  ]);
  // The kill comes at a chosen download of the processor: a moment of the work, whatever the speed of the machine.
  let killAt = Number.POSITIVE_INFINITY;
  let atKill = (): void => {};
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(photo);
    if (origin.hits() < killAt) return;
    killAt = Number.POSITIVE_INFINITY;
    atKill();
  });
  const urls = Array.from({ length: IMAGES }, (_, n) => `${origin.url}/p/${n}.jpg`);
  const common = settings(folder, processor.url, receiver);
  let service = await serve(t, common);
  const port = new URL(service.url).port;
  let id: string | null = null;
  const told = new Promise<ReceivedMessage>((resolve) => {
    receiver.answer = (_n, message) => {
      resolve(message);
      return {};
    };
  });
  const tooSoon = told.then(() => assert.fail('the work was done before all kills were made; use more images'));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const due = new Promise<void>((resolve) => {
      atKill = resolve;
    });
    killAt = origin.hits() + 5 * kill;
    id ??= await upload(service, urls, receiver.url);
    await Promise.race([due, tooSoon]);
    await service.kill();
    service = await serve(t, { ...common, PORT: port });
  }
  assert.ok(id);
  const end: Record<string, unknown> = JSON.parse((await told).body);
  assert.deepEqual([end.request_id, end.status, end.done, end.failed], [id, 'COMPLETED', IMAGES, 0]);
  service.run.child.kill('SIGTERM');
  await service.run.ended;
  const { request, images } = await assertNothingLeft(t, folder, id);
  assert.equal(request.done, IMAGES);
  assert.equal(new Set(images.map(({ output_url }) => output_url)).size, IMAGES);
  assert.ok(images.every(({ output_url }) => output_url?.startsWith(processor.publicUrl)));
  assert.equal(receiver.messages.length, 1);
});
