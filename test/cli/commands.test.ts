import assert from 'node:assert/strict';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Handler, type Origin, startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';
const image = await encoded(picture({ width: 200, height: 150, kind: 'photo' }), 'jpeg', { quality: 95 });
const serveImage: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.byteLength }).end(image);
};

interface Shop {
  readonly origin: Origin;
  readonly folder: string;
  readonly csv: string;
  readonly environment: Record<string, string>;
}

const openShop = async (t: TestContext, paths: readonly string[]): Promise<Shop> => {
  const folder = await freshFolder(t);
  const origin = await startOrigin(t);
  origin.route('/p/*', serveImage);
  const csv = join(folder, 'shoes.csv');
  await writeFile(csv, HEADER + paths.map((path, i) => `${i + 1},Shoe ${i + 1},${origin.url}${path}\n`).join(''));
  return { origin, folder, csv, environment: { HALVE_ALLOW_HOSTS: origin.host, HALVE_WORKERS: '1' } };
};

test('run: all done is exit 0; the output CSV leads to the images', async (t) => {
  const { folder, csv, environment } = await openShop(t, ['/p/1.jpg', '/p/2.jpg']);
  const { code, stdout, stderr } = await runCli(t, ['run', csv], environment);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^All 2 images done\./);
  const out = join(folder, 'shoes_halved');
  const lines = (await readFile(join(out, 'shoes_output.csv'), 'utf8')).trimEnd().split('\n');
  assert.equal(lines[0], 'Serial Number,Product Name,Input Image Urls,Output Image Urls');
  for (const line of lines.slice(1)) {
    const bytes = await readFile(join(out, line.split(',')[3] ?? ''));
    assert.ok(bytes.length <= image.length / 2);
  }
  await assert.rejects(access(join(out, 'shoes_errors.csv')));
  assert.ok((await readFile(csv, 'utf8')).startsWith(HEADER), 'the user’s own file is left alone');
});

test('run: some failed is exit 3, none succeeded is 4; --json gives one object', async (t) => {
  const { folder, csv, environment } = await openShop(t, ['/p/1.jpg', '/gone.jpg']);
  const some = await runCli(t, ['run', csv, '--json', '--out', join(folder, 'out')], environment);
  assert.equal(some.code, 3, some.stderr);
  const result = JSON.parse(some.stdout);
  assert.deepEqual([result.status, result.total, result.done, result.failed], ['COMPLETED', 2, 1, 1]);
  assert.deepEqual(result.failures[0].code, 'http_status');
  assert.match(await readFile(result.errors_csv, 'utf8'), /404 Not Found/);
  await writeFile(csv, `${HEADER}1,Shoe,http://127.0.0.1:9/x.jpg\n`);
  assert.equal((await runCli(t, ['run', csv, '--quiet'], environment)).code, 4);
});

test('run: a file that cannot be used is exit 2, and every fault is told', async (t) => {
  const { folder, csv, environment } = await openShop(t, []);
  const missing = await runCli(t, ['run', join(folder, 'nothing.csv')], environment);
  assert.deepEqual([missing.code, missing.stdout], [2, '']);
  assert.match(missing.stderr, /there is no such file/);
  await assert.rejects(access(join(folder, 'nothing_halved')), 'nothing is created for a file that is not there');
  await writeFile(csv, `${HEADER}1,Shoe,nowhere\n2,Boot,\n`);
  const faulty = await runCli(t, ['run', csv], environment);
  assert.equal(faulty.code, 2);
  assert.match(faulty.stderr, /2 rows cannot be used/);
  assert.match(faulty.stderr, /nowhere/);
});

test('wrong use is exit 1 and says how it is meant', async (t) => {
  for (const args of [
    ['run'],
    ['run', 'a.csv', '--colour', 'red'],
    ['run', 'a.csv', '--target', '0%'],
    ['fly'],
    ['serve', '--no-workers'],
  ]) {
    const { code, stdout, stderr } = await runCli(t, args);
    assert.deepEqual([code, stdout], [1, ''], args.join(' '));
    assert.notEqual(stderr, '');
  }
  const help = await runCli(t, ['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /halve run FILE\.csv/);
});

test('run: Ctrl-C is exit 130, and the same command goes on where it stopped', async (t) => {
  const { origin, folder, csv, environment } = await openShop(
    t,
    Array.from({ length: 30 }, (_, n) => `/p/${n}.jpg`),
  );
  let interrupt = (): void => {};
  origin.route('/p/*', (...call) => {
    if (origin.hits() === 15) interrupt();
    serveImage(...call);
  });
  const first = startCli(t, ['run', csv], environment);
  interrupt = () => first.child.kill('SIGINT');
  assert.equal(await first.ended, 130, first.stderr());
  assert.match(first.stderr(), /The same command again/);
  await assert.rejects(access(join(folder, 'shoes_halved', 'shoes_output.csv')));
  const second = await runCli(t, ['run', csv], environment);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /Going on where the last run stopped/);
  const [request] = (await readdir(join(folder, 'shoes_halved', 'images'))).filter((name) => name !== '.parts');
  assert.equal((await readdir(join(folder, 'shoes_halved', 'images', request ?? ''))).length, 30);
});

test('run: the same command after failures tries only those', async (t) => {
  const { origin, csv, environment } = await openShop(t, ['/p/1.jpg', '/later.jpg']);
  assert.equal((await runCli(t, ['run', csv], environment)).code, 3);
  origin.route('/later.jpg', serveImage);
  const again = await runCli(t, ['run', csv], environment);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(origin.hits('/p/1.jpg'), 1);
});

test('doctor finds nothing wrong here, and names what is wrong elsewhere', async (t) => {
  const folder = await freshFolder(t);
  const well = await runCli(t, ['doctor'], { HALVE_DATA_DIR: join(folder, 'data') });
  assert.equal(well.code, 0, well.stdout);
  await writeFile(join(folder, 'file'), '');
  const ill = await runCli(t, ['doctor'], { HALVE_DATA_DIR: join(folder, 'file') });
  assert.equal(ill.code, 1);
  assert.match(ill.stdout, /^FAULT Data folder/m);
  const settings = await runCli(t, ['doctor'], { PORT: 'x', HALVE_WORKERS: '0' });
  assert.equal(settings.code, 1);
  assert.match(settings.stderr, /PORT: expected[^\n]*\nHALVE_WORKERS: expected/);
});

test('serve answers, ends politely on SIGTERM, and leaves the folder free', async (t) => {
  const folder = await freshFolder(t);
  const environment = { PORT: '0', HALVE_DATA_DIR: folder, HALVE_WORKERS: '1', LOG_LEVEL: 'silent' };
  for (let round = 0; round < 2; round += 1) {
    const service = startCli(t, ['serve'], environment);
    await service.says(/Halve is ready: /);
    const url = /Halve is ready: (\S+)/.exec(service.stderr())?.[1];
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    service.child.kill('SIGTERM');
    assert.equal(await service.ended, 0, service.stderr());
  }
});
