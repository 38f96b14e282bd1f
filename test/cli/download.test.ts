import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '../../src/client/client.ts';
import { csvFile } from '../../src/client/upload-request.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { openRemoteShop, type RemoteShop } from '../helpers/remote-shop.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';

/** Uploads the shop's CSV under its own name, and waits for the end. */
const submitted = async ({ csv, server }: RemoteShop, ...paths: readonly string[]): Promise<string> => {
  const client = createClient({ server: server.url, apiKey: null });
  const { request_id } = await client.upload(await csvFile(await csv(...paths)));
  await server.finished(await server.engine.requests.get(request_id));
  return request_id;
};

test('the result files, named after the user’s own, replaced in one step', async (t) => {
  const shop = await openRemoteShop(t);
  const { environment, folder, origin, server } = shop;
  const id = await submitted(shop, '/p/1.jpg', '/gone.jpg');
  const out = join(folder, 'results');
  const first = await runCli(t, ['download', id, '--out', out], environment);
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual((await readdir(out)).toSorted(), ['spring_errors.csv', 'spring_output.csv', 'spring_report.csv']);
  assert.match(first.stdout, new RegExp(`^Output CSV {2}${RegExp.escape(join(out, 'spring_output.csv'))}$`, 'm'));
  const output = await readFile(join(out, 'spring_output.csv'), 'utf8');
  assert.equal(output, await (await fetch(`${server.url}/csvfile/${id}_output.csv`)).text());

  origin.route('/gone.jpg', (_request, response) => response.writeHead(302, { location: '/p/2.jpg' }).end());
  assert.equal((await runCli(t, ['retry', id, '-wq'], environment)).code, 0);
  // In the folder the user is in, and as facts for a script.
  const second = await runCli(t, ['download', id, '--json'], environment, { cwd: out });
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(JSON.parse(second.stdout), {
    request_id: id,
    output_csv: join(out, 'spring_output.csv'),
    errors_csv: null,
    report_csv: join(out, 'spring_report.csv'),
    images: null,
  });
  assert.deepEqual((await readdir(out)).toSorted(), ['spring_output.csv', 'spring_report.csv'], 'no stale errors');
  assert.notEqual(await readFile(join(out, 'spring_output.csv'), 'utf8'), output);
});

test('--images: the very files, where run puts them; what is there is not fetched again', async (t) => {
  const shop = await openRemoteShop(t);
  const { environment, folder, server } = shop;
  // The first address comes twice: one file.
  const id = await submitted(shop, '/p/1.jpg', '/p/2.jpg', '/gone.jpg', '/p/1.jpg', '/p/3.jpg');
  const out = join(folder, 'results');
  const download = async () => {
    const { code, stdout, stderr } = await runCli(t, ['download', id, '--images', '--json', '--out', out], environment);
    const { fetched, kept, failures } = JSON.parse(stdout).images;
    return { code, stderr, fetched, kept, failures };
  };
  const first = await download();
  assert.deepEqual([first.code, first.fetched, first.kept, first.failures], [0, 3, 0, []], first.stderr);
  assert.match(first.stderr, /^100 %: 3 of 3 images/m);
  const folderOfImages = join(out, 'images', id);
  const names = (await readdir(folderOfImages)).toSorted();
  assert.deepEqual(names, ['1-1-1-output.jpg', '2-1-2-output.jpg', '5-1-3-output.jpg']);
  for (const name of names) {
    const original = await readFile(join(server.folder, 'images', id, name));
    assert.ok(original.equals(await readFile(join(folderOfImages, name))), name);
  }
  assert.match(await readFile(join(out, 'spring_output.csv'), 'utf8'), new RegExp(`${server.url}/image/${id}-1`));

  await truncate(join(folderOfImages, '2-1-2-output.jpg'), 10);
  await rm(join(folderOfImages, '5-1-3-output.jpg'));
  const second = await download();
  assert.deepEqual([second.code, second.fetched, second.kept], [0, 2, 1], second.stderr);
  assert.ok((await readFile(join(folderOfImages, '2-1-2-output.jpg'))).length > 10);
});

test('an image that cannot be fetched is named; the others come, and the exit code is 3', async (t) => {
  const shop = await openRemoteShop(t);
  const { environment, folder, server } = shop;
  const id = await submitted(shop, '/p/1.jpg', '/p/2.jpg');
  await rm(join(server.folder, 'images', id, '1-1-1-output.jpg'));
  const { code, stdout, stderr } = await runCli(
    t,
    ['download', id, '--images', '--out', join(folder, 'o')],
    environment,
  );
  assert.equal(code, 3, stderr);
  assert.match(stdout, /\(1 fetched\)/);
  assert.match(stdout, new RegExp(`1 image could not be fetched:\n {2}\\S+/image/${id}-1: There is no such image`));
  assert.match(stdout, /The same command fetches what is missing\.\n$/);
});

test('a request that is not finished has nothing to fetch yet', async (t) => {
  const { environment, folder, server, csv } = await openRemoteShop(t, { working: false });
  const request = await server.submit(await readFile(await csv('/p/1.jpg'), 'utf8'));
  const { code, stdout, stderr } = await runCli(t, ['download', request.id, '--out', join(folder, 'o')], environment);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /not finished: 0 of 1 image so far\. Wait for it with: halve status \S+ --watch/);
  assert.ok(!(await readdir(folder)).includes('o'), 'nothing is created');
});

test('Ctrl-C in the middle leaves whole files only, and the same command goes on', async (t) => {
  const shop = await openRemoteShop(t);
  const { environment, folder, server } = shop;
  const id = await submitted(shop, ...Array.from({ length: 8 }, (_, i) => `/p/${i}.jpg`));
  // A server in between that sends three images and then only half of one.
  const slow = await startOrigin(t);
  const halves = Promise.withResolvers<void>();
  let images = 0;
  slow.route('/*', (request, response) => {
    if (request.url?.startsWith('/image/') === true) images += 1;
    const isLate = images > 3;
    fetch(`${server.url}${request.url}`).then(
      async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        const headers = Object.fromEntries(answer.headers);
        response.writeHead(answer.status, { ...headers, connection: 'close' });
        if (!isLate) return response.end(body);
        response.write(body.subarray(0, body.length / 2));
        return halves.resolve();
      },
      (error) => response.destroy(error),
    );
  });
  const out = join(folder, 'o');
  const run = startCli(t, ['download', id, '--images', '--out', out], { HALVE_URL: slow.url });
  await halves.promise;
  const folderOfImages = join(out, 'images', id);
  // The first images have been sent, but the command may still be writing them.
  while (!(await readdir(folderOfImages)).some((name) => name.endsWith('.jpg'))) await new Promise(setImmediate);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 130, run.stderr());
  assert.match(run.stderr(), /Stopped\. The same command fetches what is missing/);
  const names = await readdir(folderOfImages);
  assert.ok(names.length > 0 && names.length < 8 && names.every((name) => name.endsWith('.jpg')), names.join());
  const again = await runCli(t, ['download', id, '--images', '--json', '--out', out], environment);
  const { fetched, kept } = JSON.parse(again.stdout).images;
  assert.deepEqual([fetched + kept, kept], [8, names.length]);
});
