import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABC, done, HEADER, IMG, OUT, startInbound, statusOf } from '../helpers/inbound-service.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { sendMessage, takenAnswer } from '../helpers/signed-message.ts';

test('results settle images, their copies and the counts; the rest is told why not', async (t) => {
  const server = await startInbound(t);
  const { id } = await server.submit(ABC, { start: 'manual' });
  const facts = { bytes_in: 1_000, bytes_out: 400, format: 'jpeg', width: 30, height: 20, quality: 61 };
  const answer = await takenAnswer(
    sendMessage(server.url, {
      type: 'images.processed',
      request_id: id.toUpperCase(),
      images: [
        done('a', { ...facts, file_id: `${id}-1` }),
        done('a'),
        { input_url: IMG('b'), error: 'The picture is\r\n\tdamaged.' },
        done('nowhere'),
        done('c', { file_id: `${id}-1` }),
        done('c', { file_id: '0f8fad5b-d9cb-469f-a165-70867728950e-4' }),
        done('c', { file_id: `${id}-99` }),
      ],
    }),
  );
  assert.equal(answer.accepted, 2);
  const strange = 'file_id is of another request, or of no image';
  assert.deepEqual(answer.ignored, [
    { input_url: IMG('a'), reason: 'this message has another result for this image' },
    { input_url: IMG('nowhere'), reason: 'no image of this request has this address' },
    { input_url: IMG('c'), reason: 'file_id and input_url are of different images' },
    { input_url: IMG('c'), reason: strange },
    { input_url: IMG('c'), reason: strange },
  ]);
  const shown = await statusOf(server.url, id);
  // Nobody started it, and there is something left to do.
  assert.equal(shown.status, 'PENDING');
  assert.deepEqual([shown.progress.done, shown.progress.failed, shown.bytes_in], [2, 1, 2_000]);
  assert.deepEqual(
    shown.products.map((product) => product.output_image_urls),
    [[OUT('a'), null], [OUT('a')], [null]],
  );
  assert.deepEqual(shown.failures, [
    { code: 'processor_failed', count: 1, message: 'The outside image processor could not do this image.' },
  ]);
  const [a, b] = shown.products[0]?.images ?? [];
  assert.deepEqual(
    [a?.state, a?.outcome, a?.engine, a?.bytes_out, a?.quality, a?.attempts],
    ['COMPLETED', 'met', 'outside', 400, 61, 1],
  );
  assert.deepEqual([b?.state, b?.outcome, b?.message], ['FAILED', 'failed', 'The picture is damaged.']);

  const late = await takenAnswer(sendMessage(server.url, { request_id: id, images: [done('a'), done('b')] }));
  const settled = 'this image is settled already';
  assert.deepEqual(late.ignored, [
    { input_url: IMG('a'), reason: settled },
    { input_url: IMG('b'), reason: settled },
  ]);
  const image = await fetch(`${server.url}/image/${id}-1`, { redirect: 'manual' });
  assert.deepEqual([image.status, image.headers.get('location')], [302, OUT('a')]);
  assert.equal((await fetch(`${server.url}/image/${id}-2`)).status, 404);
});

test('the outcome is what the numbers prove', async (t) => {
  const server = await startInbound(t);
  const outcomes = async (options: Record<string, string>, facts: Record<string, unknown>): Promise<unknown> => {
    const { id } = await server.submit(ABC, { start: 'manual', ...options });
    await takenAnswer(sendMessage(server.url, { request_id: id, images: [done('c', facts)] }));
    return (await statusOf(server.url, id)).products[2]?.images[0]?.outcome;
  };
  assert.equal(await outcomes({}, { bytes_in: 1_000, bytes_out: 500 }), 'met');
  assert.equal(await outcomes({}, { bytes_in: 1_000, bytes_out: 501 }), null);
  assert.equal(await outcomes({ target: '60%' }, { bytes_in: 1_000, bytes_out: 600 }), 'met');
  assert.equal(await outcomes({ quality: '50' }, { bytes_in: 1_000, bytes_out: 900 }), 'met');
  assert.equal(await outcomes({}, { bytes_out: 10 }), null);
  assert.equal(await outcomes({}, { bytes_in: 10, bytes_out: null }), null);
});

test('a request whose last image is reported ends, whoever started it', async (t) => {
  const server = await startInbound(t, { working: true });
  const request = await server.submit(ABC, { start: 'manual' });
  const images = ['a', 'b', 'c'].map((name) => done(name));
  await takenAnswer(sendMessage(server.url, { request_id: request.id, images: images.slice(0, 1) }));
  await takenAnswer(sendMessage(server.url, { request_id: request.id, images: images.slice(1) }));
  const ended = await server.finished(request);
  assert.deepEqual([ended.status, ended.done, ended.open_chunks], ['COMPLETED', 4, 0]);
  const output = (await server.resultFile(request, 'output')).trimEnd().split('\n');
  assert.deepEqual(output, [
    `${HEADER},Output Image Urls`,
    `1,One,"${IMG('a')},${IMG('b')}","${OUT('a')},${OUT('b')}"`,
    `2,Two,${IMG('a')},${OUT('a')}`,
    `3,Three,${IMG('c')},${OUT('c')}`,
  ]);
  const late = await takenAnswer(sendMessage(server.url, { request_id: request.id, images }));
  assert.deepEqual(
    late.ignored,
    images.map(({ input_url }) => ({ input_url, reason: 'the request is finished' })),
  );
});

test('failures reported before a request is started stand when it is', async (t) => {
  const server = await startInbound(t, { working: true });
  const { id } = await server.submit(ABC, { start: 'manual' });
  await takenAnswer(sendMessage(server.url, { request_id: id, images: [{ input_url: IMG('b'), error: 'no' }] }));
  const started = await server.engine.requests.process(id);
  assert.deepEqual([started.status, started.failed], ['PROCESSING', 1]);
  await takenAnswer(sendMessage(server.url, { request_id: id, images: [done('a'), done('c')] }));
  const ended = await server.finished(started);
  assert.deepEqual([ended.done, ended.failed], [3, 1]);
});

test('results of a cancelled request are ignored, of a deleted one unknown', async (t) => {
  const server = await startInbound(t, { working: true });
  const request = await server.submit(ABC, { start: 'manual' });
  await server.engine.requests.cancel(request.id);
  const message = { request_id: request.id, images: [done('a')] };
  const answer = await takenAnswer(sendMessage(server.url, message));
  assert.deepEqual(answer.ignored, [{ input_url: IMG('a'), reason: 'the request was cancelled' }]);
  await server.finished(request);
  await server.engine.requests.remove(request.id);
  assertProblem(await answerOf(await sendMessage(server.url, message)), 'request_not_found');
  for (const request_id of ['x', '0f8fad5b-d9cb-469f-a165-70867728950e']) {
    assertProblem(await answerOf(await sendMessage(server.url, { request_id })), 'request_not_found');
  }
});
