import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ApiProblem } from '../../src/client/api-problem.ts';
import { createClient } from '../../src/client/client.ts';
import { csvFile } from '../../src/client/upload-request.ts';
import { AppError } from '../../src/core/errors.ts';
import { catalogue, SMALL } from '../helpers/catalogues.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { startTestServer } from '../helpers/start-server.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const KEY = 'a-key-that-nobody-guesses';
const MISSING = '01234567-89ab-4cde-8f01-23456789abcd';

/** A server that is not Halve. */
const startStranger = async (t: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const unreachable = (detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError && !(error instanceof ApiProblem), String(error));
  assert.equal(error.code, 'server_unreachable');
  assert.match(error.message, detail);
  return true;
};

test('a request from its upload to its deletion', async (t) => {
  const origin = await startOrigin(t);
  const bytes = await encoded(picture({ width: 64, height: 64 }), 'jpeg');
  const good = origin.serve('/a.jpg', bytes, 'image/jpeg');
  const apiKeys = [{ name: 'shop', key: KEY }];
  const server = await startTestServer(t, { allow: origin.host, working: true, apiKeys });
  const client = createClient({ server: `${server.url}/`, apiKey: KEY });
  const path = join(await freshFolder(t), "Frühling 'neu' (1).csv");
  await writeFile(path, catalogue([good, `${origin.url}/none.jpg`]));

  const accepted = await client.upload({ ...(await csvFile(path)), options: { start: 'manual', quality: 50 } });
  assert.equal(accepted.status, 'PENDING');
  assert.equal(accepted.total_images, 2);
  const id = accepted.request_id;
  const { requests } = await client.list({ search: 'Frühling' });
  assert.deepEqual(
    requests.map(({ request_id, file_name }) => [request_id, file_name]),
    [[id, "Frühling 'neu' (1).csv"]],
  );

  assert.equal((await client.process(id)).status, 'PROCESSING');
  await server.finished(await server.engine.requests.get(id));
  const status = await client.status(id, { state: 'failed', limit: 1 });
  assert.equal(status.status, 'COMPLETED');
  assert.equal(status.products.length, 1);
  const [image] = status.products[0]?.images ?? [];
  const download = await client.download(String(image?.output_url));
  assert.equal(download.contentType, 'image/jpeg');
  assert.equal(download.size, image?.bytes_out);
  assert.equal((await new Response(download.body).arrayBuffer()).byteLength, image?.bytes_out);
  const csv = await client.download(String(status.output_csv));
  assert.match(await new Response(csv.body).text(), /Output Image Urls/);

  await assert.rejects(client.cancel(id), { code: 'request_finished' });
  assert.equal(await client.remove(id), undefined);
  await assert.rejects(client.status(id), { code: 'request_not_found' });
  await assert.rejects(client.download(String(status.output_csv)), { code: 'file_not_found' });
});

test('a refusal is the problem document as an error', async (t) => {
  const server = await startTestServer(t, { apiKeys: [{ name: 'shop', key: KEY }] });
  const client = createClient({ server: server.url, apiKey: KEY });
  const file = new Blob(['Serial Number,Product Name,Input Image Urls\n1,Mug,n/a\n']);
  await assert.rejects(client.upload({ file, fileName: null }), (error: unknown) => {
    assert.ok(error instanceof ApiProblem && error instanceof AppError);
    assert.equal(error.code, 'invalid_rows');
    assert.equal(error.status, 422);
    assert.match(error.message, /^1 row cannot be used/);
    assert.deepEqual(error.extras?.errors, error.problem.errors);
    assert.equal(error.problem.errors?.[0]?.row, 1);
    return true;
  });
  await assert.rejects(createClient({ server: server.url, apiKey: null }).list(), { code: 'unauthorized' });
  await assert.rejects(client.replay('none'), { code: 'delivery_not_found' });
  await assert.rejects(client.events(MISSING), { code: 'request_not_found' });
});

test('a code of a newer server is kept', async (t) => {
  const problem = { code: 'out_of_ink', detail: 'The printer has no ink.', status: 409 };
  const url = await startStranger(t, (_request, response) => {
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  });
  await assert.rejects(createClient({ server: url, apiKey: null }).status(MISSING), (error: unknown) => {
    assert.ok(error instanceof ApiProblem);
    assert.equal(error.code, 'internal_error');
    assert.equal(error.problem.code, 'out_of_ink');
    assert.equal(error.message, problem.detail);
    assert.equal(error.status, 409);
    return true;
  });
});

test('an upload is sent as it is read, and given up when it is refused', async (t) => {
  const url = await startStranger(t, (_request, response) => {
    const body = JSON.stringify({ code: 'file_too_large', detail: 'Too large.', status: 413 });
    response.writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' }).end(body);
  });
  const piece = new Uint8Array(65_536).fill(0x61);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += piece.length;
      controller.enqueue(piece);
    },
  });
  const client = createClient({ server: url, apiKey: null });
  await assert.rejects(client.upload({ file: endless, fileName: 'endless.csv' }), { code: 'file_too_large' });
  // What fits into the buffers of the system; the stream itself never ends.
  assert.ok(sent < 64_000_000, `${sent} bytes were read`);
});

test('the same upload with the same key is one request', async (t) => {
  const server = await startTestServer(t);
  const client = createClient({ server: server.url, apiKey: null });
  const send = () => client.upload({ file: new Blob([SMALL]), fileName: null, idempotencyKey: 'once' });
  assert.equal((await send()).request_id, (await send()).request_id);
});

test('what does not answer like Halve is told apart from a refusal', async (t) => {
  const gone = await startStranger(t, (request) => request.socket.destroy());
  const call = (server: string) => createClient({ server, apiKey: null }).status(MISSING);
  await assert.rejects(call(gone), unreachable(/the connection broke/));
  await assert.rejects(call('http://127.0.0.1:1'), unreachable(/^No answer from http:\/\/127\.0\.0\.1:1: /));
  const silent = await startStranger(t, () => {});
  const hasty = createClient({ server: silent, apiKey: null, timeoutMs: 50 });
  await assert.rejects(hasty.status(MISSING), unreachable(/does not answer in time/));
  const page = await startStranger(t, (_request, response) => response.end('<html>Welcome</html>'));
  await assert.rejects(call(page), unreachable(/no JSON/));
  const proxy = await startStranger(t, (_request, response) => response.writeHead(502).end('<html>Bad Gateway'));
  await assert.rejects(call(proxy), unreachable(/it answered 502 Bad Gateway/));
  await assert.rejects(createClient({ server: proxy, apiKey: null }).download(`${proxy}/a`), unreachable(/502/));
  const moved = await startStranger(t, (_request, response) =>
    response.writeHead(301, { location: 'https://halve.example/' }).end(),
  );
  await assert.rejects(call(moved), unreachable(/sends callers on to https:\/\/halve\.example\//));
  // Others speak JSON, too.
  for (const body of ['{"ok":true}', '[]', 'null', '"yes"']) {
    const other = await startStranger(t, (_request, response) =>
      response.setHeader('content-type', 'application/json').end(body),
    );
    await assert.rejects(
      call(other),
      unreachable(/^What is at http:\/\/127\.0\.0\.1:\d+ is not Halve: .* request_id\.$/),
    );
    const client = createClient({ server: other, apiKey: null });
    await assert.rejects(client.upload({ file: new Blob([SMALL]), fileName: null }), unreachable(/not Halve/));
    await assert.rejects(client.process(MISSING), unreachable(/not Halve/));
    await assert.rejects(client.webhookEvents(), unreachable(/it sends no events/));
  }
  const nothing = await startStranger(t, (_request, response) => response.writeHead(204).end());
  await assert.rejects(call(nothing), unreachable(/not Halve/));
  await assert.rejects(createClient({ server: page, apiKey: null }).events(MISSING), unreachable(/it sends no events/));
  const file = new Blob([SMALL]);
  const upload = createClient({ server: moved, apiKey: null }).upload({ file, fileName: null });
  await assert.rejects(upload, unreachable(/sends callers on/));
});

test('a stream of events is given up by its caller, not lost', async (t) => {
  const url = await startStranger(t, () => {});
  const controller = new AbortController();
  const stream = createClient({ server: url, apiKey: null }).events(MISSING, { signal: controller.signal });
  controller.abort();
  await assert.rejects(stream, { name: 'AbortError' });
});

test('the key is not sent along with a download', async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await startStranger(t, (request, response) => {
    seen.push(request.headers.authorization);
    response.end('x');
  });
  const { body, size } = await createClient({ server: url, apiKey: KEY }).download(`${url}/a.csv`);
  assert.equal(await new Response(body).text(), 'x');
  assert.equal(size, 1);
  assert.deepEqual(seen, [undefined]);
});

test('a file that cannot be read is said so', async (t) => {
  await assert.rejects(csvFile(join(await freshFolder(t), 'none.csv')), { code: 'unreadable_input' });
});
