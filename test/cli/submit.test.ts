import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { optionsOf } from '../../src/db/requests.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { openRemoteShop } from '../helpers/remote-shop.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const UUID = /^[0-9a-f-]{36}$/;
const ACCEPTED = {
  request_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  status: 'PENDING',
  total_products: 1,
  total_images: 1,
  status_url: 'http://x',
  hint: null,
};

/** A server that is not Halve, or a strange one. */
const startStranger = async (t: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const bytesOf = async (request: IncomingMessage): Promise<number> => {
  let bytes = 0;
  for await (const piece of request) bytes += piece.length;
  return bytes;
};

test('prints the id alone, for scripts; the request has the file name and the options', async (t) => {
  const { server, csv, environment } = await openRemoteShop(t, { working: false });
  const file = await csv('/p/1.jpg', '/p/2.jpg');
  const flags = [
    '--max-width',
    '100',
    '--format',
    'webp',
    '--quality',
    '60',
    '--start',
    'manual',
    '--strict',
    '--tolerant',
  ];
  const { code, stdout, stderr } = await runCli(t, ['submit', file, ...flags], environment);
  assert.equal(code, 0, stderr);
  assert.match(stdout.trimEnd(), UUID);
  assert.match(stderr, /Sending spring\.csv \(\d+ B\) to http/);
  assert.match(stderr, new RegExp(`2 images in 2 rows\\. Start it with: halve retry ${stdout.trimEnd()}\n`));
  const request = await server.engine.requests.get(stdout.trimEnd());
  assert.equal(request.file_name, 'spring.csv');
  const { maxWidth, format, quality, start, strict, tolerant } = optionsOf(request);
  assert.deepEqual([maxWidth, format, quality, start, strict, tolerant], [100, 'webp', 60, 'manual', true, true]);

  const json = await runCli(t, ['submit', '-', '--json', '-q'], environment, { stdin: await readFile(file) });
  assert.equal(json.code, 0, json.stderr);
  const accepted = JSON.parse(json.stdout);
  assert.deepEqual([accepted.total_images, accepted.status_url], [2, `${server.url}/status/${accepted.request_id}`]);
  assert.equal(json.stderr, '');
  assert.notEqual(accepted.request_id, request.id, 'every call is a request of its own');
});

test('--watch ends as run does: progress, summary, exit code', async (t) => {
  const { csv, environment } = await openRemoteShop(t);
  const some = await runCli(t, ['submit', await csv('/p/1.jpg', '/p/2.jpg', '/gone.jpg'), '--watch'], environment);
  assert.equal(some.code, 3, some.stderr);
  assert.match(some.stderr, /^100 %: 3 of 3 images, 1 failed/m);
  assert.ok(!some.stderr.includes('\r'), 'plain lines where there is no terminal');
  assert.match(some.stdout, /^2 of 3 images done\. /);
  assert.match(some.stdout, /1 x http_status: .*\n {6}serial number SKU-3 \(Shoe 3\): http.*gone\.jpg\n/);
  assert.match(some.stdout, /Next: halve download [0-9a-f-]{36} fetches the result files\.\nhalve retry /);

  const all = await runCli(t, ['submit', await csv('/p/1.jpg'), '-w', '--json'], environment);
  assert.equal(all.code, 0, all.stderr);
  const { status, progress, failed_products } = JSON.parse(all.stdout);
  assert.deepEqual([status, progress.done, failed_products], ['COMPLETED', 1, []]);

  const none = await runCli(t, ['submit', await csv('/gone.jpg'), '-wq'], environment);
  assert.deepEqual([none.code, none.stderr], [4, '']);
  assert.match(none.stdout, /^Request \S+ has failed\..*\n\nNone of the 1 image could be done\./);
});

test('a refused file is exit 2 with every fault and its line; wrong use is exit 1 and asks nobody', async (t) => {
  const { server, folder, csv, environment } = await openRemoteShop(t, { working: false });
  const faulty = join(folder, 'faulty.csv');
  await writeFile(faulty, 'Serial Number,Product Name,Input Image Urls\n1,Shoe,nowhere\n2,Boot,\n');
  const refused = await runCli(t, ['submit', faulty, '--json'], environment);
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /^ {2}line 2, Input Image Urls: .*"nowhere"/m);
  assert.match(refused.stderr, /^ {2}line 3, Input Image Urls: The row has no image address\.$/m);
  assert.match(refused.stderr, /--on-invalid skip/);
  for (const file of [join(folder, 'none.csv'), folder]) {
    const { code, stderr } = await runCli(t, ['submit', file], environment);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /cannot be read: (there is no such file|it is a folder)/);
  }
  const empty = join(folder, 'empty.csv');
  await writeFile(empty, '');
  for (const [args, stdin] of [[[empty]], [['-'], '']] as const) {
    const { code, stderr } = await runCli(t, ['submit', ...args], environment, stdin === undefined ? {} : { stdin });
    // As `halve run` says it.
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^The file is empty\.$/m);
  }
  const file = await csv('/p/1.jpg');
  for (const [args, said] of [
    [['submit'], /The CSV file is missing/],
    [['submit', file, '--target', '0%'], /target: expected a percentage/],
    [['submit', file, '--start', 'manual', '--watch'], /nothing to watch/],
    [['submit', file, '--server', 'ftp://x'], /--server: expected the address/],
    [['submit', file, '--idempotency-key', 'Frühjahr 日'], /--idempotency-key: expected 1 to 255 printable ASCII/],
    [['submit', file, '--wach'], /Did you mean --watch\?/],
  ] as const) {
    const { code, stdout, stderr } = await runCli(t, args, { HALVE_URL: 'http://127.0.0.1:1' });
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(stderr, said);
  }
  assert.equal(((await (await fetch(`${server.url}/requests`)).json()) as { requests: unknown[] }).requests.length, 0);
});

test('a server that wants a key: said, and taken from HALVE_API_KEY alone', async (t) => {
  const key = 'a-key-that-nobody-guesses';
  const { csv, environment } = await openRemoteShop(t, { working: false, apiKeys: [{ name: 'shop', key }] });
  const file = await csv('/p/1.jpg');
  const none = await runCli(t, ['submit', file], environment);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /wants an API key, and HALVE_API_KEY is not set/);
  const wrong = await runCli(t, ['submit', file], { ...environment, HALVE_API_KEY: 'another-key-altogether' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /does not take the key in HALVE_API_KEY/);
  assert.ok(!wrong.stderr.includes('another-key'));
  assert.equal((await runCli(t, ['submit', file], { ...environment, HALVE_API_KEY: key })).code, 0);
  assert.match((await runCli(t, ['submit', file, '--api-key', key], environment)).stderr, /no flag --api-key/);
});

test('no server, or something else in its place, is exit 5 and names the address', async (t) => {
  const { csv, origin } = await openRemoteShop(t, { working: false });
  const file = await csv('/p/1.jpg');
  const closed = await startOrigin();
  await closed.close();
  const nobody = await runCli(t, ['submit', file, '--server', closed.url], {});
  assert.deepEqual([nobody.code, nobody.stdout], [5, '']);
  assert.match(nobody.stderr, new RegExp(`No answer from ${RegExp.escape(closed.url)}: nothing listens there`));
  assert.match(nobody.stderr, /halve serve/);
  assert.equal((await runCli(t, ['submit', file], { HALVE_URL: origin.url })).code, 5);
  const moved = await startStranger(t, (_request, response) => {
    response.writeHead(301, { location: 'https://elsewhere.example/' }).end();
  });
  const redirected = await runCli(t, ['submit', file], { HALVE_URL: moved });
  assert.equal(redirected.code, 5);
  assert.match(redirected.stderr, /sends callers on to another address/);
});

test('a connection that breaks is tried again under the same key; what came from stdin is not', async (t) => {
  const seen: { key: string | undefined; bytes: number }[] = [];
  const server = await startStranger(t, async (request, response) => {
    seen.push({ key: request.headers['idempotency-key']?.toString(), bytes: await bytesOf(request) });
    if (seen.length % 2 === 1) request.socket.destroy();
    else response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(ACCEPTED));
  });
  const file = join(await freshFolder(t), 'a.csv');
  await writeFile(file, 'x'.repeat(100_000));
  const again = await runCli(t, ['submit', file], { HALVE_URL: server });
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /the connection broke.*Trying again/);
  assert.deepEqual(
    seen.map(({ bytes }) => bytes),
    [100_000, 100_000],
  );
  assert.match(seen[0]?.key ?? '', UUID);
  assert.equal(seen[0]?.key, seen[1]?.key);
  const piped = await runCli(t, ['submit', '-', '--idempotency-key', 'mine'], { HALVE_URL: server }, { stdin: 'abc' });
  assert.equal(piped.code, 5);
  assert.deepEqual(seen.slice(2), [{ key: 'mine', bytes: 3 }]);
});

test('a file is never whole in memory, whichever way it comes', { skip: process.platform !== 'linux' }, async (t) => {
  const BYTES = 400_000_000;
  let child: number | undefined;
  const peaks: number[] = [];
  const server = await startStranger(t, async (request, response) => {
    assert.equal(await bytesOf(request), BYTES);
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${child}/status`, 'utf8')) ?? [];
    peaks.push(Number(kilobytes) / 1_000);
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(ACCEPTED));
  });
  const file = join(await freshFolder(t), 'large.csv');
  await writeFile(file, '');
  // Sparse: nobody has to write it.
  await truncate(file, BYTES);
  const run = startCli(t, ['submit', file], { HALVE_URL: server });
  child = run.child.pid;
  assert.equal(await run.ended, 0, run.stderr());
  assert.ok((peaks[0] ?? 0) > 30 && (peaks[0] ?? 0) < 250, `${peaks[0]} MB`);
});
