import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startCuttingProxy } from '../helpers/cutting-proxy.ts';
import { openRemoteShop, type RemoteShop } from '../helpers/remote-shop.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MISSING = '01234567-89ab-4cde-8f01-23456789abcd';

/** Submits the shop's CSV in this process, and waits for its end. */
const finishedRequest = async ({ server, csv }: RemoteShop, paths: readonly string[], options = {}) => {
  const request = await server.submit(await readText(await csv(...paths)), options);
  return server.finished(request);
};

const readText = (file: string): Promise<string> => readFile(file, 'utf8');

test('status: one screen for a request at any time, and the exit code of its end', async (t) => {
  const shop = await openRemoteShop(t);
  const receiver = await startReceiver(t);
  const { environment, server } = shop;
  const waiting = await server.submit(await readText(await shop.csv('/p/1.jpg')), { start: 'manual' });
  const early = await runCli(t, ['status', waiting.id], environment);
  assert.equal(early.code, 0, early.stderr);
  assert.match(early.stdout, /has not been started yet\.\n0 %: 0 of 1 image/);
  assert.match(early.stdout, new RegExp(`Watch it: halve status ${waiting.id} --watch`));

  const paths = ['/p/1.jpg', '/gone/1.jpg', '/gone/2.jpg', '/gone/3.jpg', '/gone/4.jpg', '/p/2.jpg'];
  // Nobody may call this address here, so the delivery is given up at once.
  const ended = await finishedRequest(shop, paths, { webhook_url: receiver.url });
  const late = await runCli(t, ['status', ended.id.toUpperCase()], environment);
  assert.equal(late.code, 3, late.stderr);
  assert.match(late.stdout, /is finished\.\n\n2 of 6 images done\./);
  assert.match(
    late.stdout,
    /4 x http_status: .*\n {6}serial number SKU-2 .*\n.*SKU-3 .*\n.*SKU-4 .*\n {6}and 1 more\n/,
  );
  assert.match(late.stdout, /^Output CSV {2}http.*_output\.csv$/m);
  assert.match(late.stdout, /^Webhook {5}http:\/\/127\.0\.0\.1:\d+\/hook: /m);
  assert.match(late.stdout, /halve retry \S+ tries only the 4 failed images again/);

  const json = JSON.parse((await runCli(t, ['status', ended.id, '--json'], environment)).stdout);
  assert.deepEqual([json.status, json.progress.failed, json.deliveries.length], ['COMPLETED', 4, 1]);
  assert.deepEqual(
    json.failed_products.map((product: { row: number; serial_number: string }) => [product.row, product.serial_number]),
    [
      [2, 'SKU-2'],
      [3, 'SKU-3'],
      [4, 'SKU-4'],
      [5, 'SKU-5'],
    ],
  );
  const failed = await finishedRequest(shop, ['/gone/5.jpg']);
  assert.equal((await runCli(t, ['status', failed.id, '-w', '-q'], environment)).code, 4);
});

test('no such request, and no request id at all', async (t) => {
  const { environment } = await openRemoteShop(t, { working: false });
  for (const command of ['status', 'retry', 'cancel', 'download']) {
    const { code, stdout, stderr } = await runCli(t, [command, MISSING], environment);
    assert.deepEqual([code, stdout], [1, ''], command);
    assert.match(stderr, /There is no such request\.\nCheck the request id/);
  }
  const { code, stderr } = await runCli(t, ['status', 'spring.csv'], environment);
  assert.equal(code, 1);
  assert.match(stderr, /"spring\.csv" is not a request id/);
});

test('retry starts what waits, tries failures again, and has nothing to do when all is done', async (t) => {
  const shop = await openRemoteShop(t);
  const { environment, origin, server, csv } = shop;
  const waiting = await server.submit(await readText(await csv('/p/1.jpg', '/gone.jpg')), { start: 'manual' });
  const started = await runCli(t, ['retry', waiting.id, '--watch'], environment);
  assert.equal(started.code, 3, started.stderr);
  assert.match(started.stderr, /^Started: 2 images\./);
  origin.serve('/gone.jpg', Buffer.from('no image'), 'text/plain');
  const json = await runCli(t, ['retry', waiting.id, '--json', '-q'], environment);
  assert.deepEqual([json.code, JSON.parse(json.stdout).request_id, json.stderr], [0, waiting.id, '']);
  await server.finished(waiting);
  assert.equal(origin.hits('/p/1.jpg'), 1, 'what is done is not done again');
  origin.route('/gone.jpg', (_request, response) => response.writeHead(302, { location: '/p/2.jpg' }).end());
  const again = await runCli(t, ['retry', waiting.id, '-w'], environment);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /^Trying 1 image again; done before: 1\./);
  assert.match(again.stdout, /^All 2 images done\./);
  const nothing = await runCli(t, ['retry', waiting.id], environment);
  assert.deepEqual([nothing.code, nothing.stdout], [1, '']);
  assert.match(nothing.stderr, /succeeded already/);
});

test('cancel keeps what is done, and says so when there is nothing to stop', async (t) => {
  const { environment, server, csv } = await openRemoteShop(t, { working: false });
  const request = await server.submit(await readText(await csv('/p/1.jpg')));
  const { code, stdout, stderr } = await runCli(t, ['cancel', request.id], environment);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'Cancelled, with 0 of 1 image done; these are kept.\n');
  assert.match(stderr, new RegExp(`Take it up again with: halve retry ${request.id}`));
  const twice = await runCli(t, ['cancel', request.id, '--json'], environment);
  assert.deepEqual([twice.code, twice.stdout], [1, '']);
  assert.match(twice.stderr, /finished already/);
});

test('Ctrl-C stops the watching, not the request', async (t) => {
  const { environment, server, csv } = await openRemoteShop(t, { working: false });
  const run = startCli(t, ['submit', await csv('/p/1.jpg'), '--watch', '--server', server.url], {});
  await run.says(/0 %: 0 of 1 image, not started yet/);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 130, run.stderr());
  assert.equal(run.stdout(), '');
  const { requests } = (await (await fetch(`${environment.HALVE_URL}/requests`)).json()) as {
    requests: { request_id: string; status: string }[];
  };
  const [request] = requests;
  assert.equal(request?.status, 'PENDING');
  const again = `halve status ${request?.request_id} --watch --server ${server.url}`;
  assert.ok(run.stderr().endsWith(`Look again with: ${again}\n`), run.stderr());
});

test('watching goes on when the server was away', async (t) => {
  const { server, csv } = await openRemoteShop(t);
  const proxy = await startCuttingProxy(t, server.port);
  const request = await server.submit(await readText(await csv('/p/1.jpg')), { start: 'manual' });
  const run = startCli(t, ['status', request.id, '--watch'], { HALVE_URL: proxy.url });
  await run.says(/0 %/);
  await proxy.cut();
  await server.engine.requests.process(request.id);
  await server.finished(request);
  await proxy.mend();
  assert.equal(await run.ended, 0, run.stderr());
  assert.match(run.stdout(), /All 1 image done\./);
});

test('where no stream can be had, the status is asked for', async (t) => {
  const { server, csv, environment } = await openRemoteShop(t, { limits: { maxStreams: 0 } });
  const request = await server.submit(await readText(await csv('/p/1.jpg')), { start: 'manual' });
  const run = startCli(t, ['status', request.id, '--watch'], environment);
  await run.says(/0 %/);
  await server.engine.requests.process(request.id);
  assert.equal(await run.ended, 0, run.stderr());
  assert.match(run.stdout(), /All 1 image done\./);
});

test('a server that goes for good is not waited for at the start', async (t) => {
  const { server, environment } = await openRemoteShop(t, { working: false });
  await server.server.stop();
  const run = startCli(t, ['status', MISSING, '--watch'], environment);
  const [code] = await once(run.child, 'close');
  assert.equal(code, 5);
  assert.match(run.stderr(), /nothing listens there/);
});
