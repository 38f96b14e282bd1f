/** The whole service with its files in S3: what presses store and what links lead to. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bucketLinks, servedLinks } from '../../src/work/output-links.ts';
import { fetchAsTold } from '../helpers/fetch-as-told.ts';
import { status } from '../helpers/origin-faults.ts';
import { type Origin, startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { runCli } from '../helpers/run-cli.ts';
import { startS3Front } from '../helpers/s3-faults.ts';
import { type S3TestServer, startS3Server } from '../helpers/s3-server.ts';
import { type Served, serve } from '../helpers/serve.ts';
import { startTestEngine } from '../helpers/start-engine.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const source = await encoded(picture({ width: 200, height: 150, kind: 'photo' }), 'jpeg', { quality: 95 });

const startShop = async (t: TestContext): Promise<Origin> => {
  const origin = await startOrigin(t);
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': source.byteLength }).end(source);
  });
  origin.route('/gone.jpg', status(404));
  return origin;
};

const catalogue = (origin: Origin, images: number): string =>
  'Serial Number,Product Name,Input Image Urls\n' +
  Array.from({ length: images }, (_, i) => `${i},Shoe ${i},${origin.url}/p/${i}.jpg\n`).join('') +
  `x,Gone,${origin.url}/gone.jpg\n`;

const startService = async (t: TestContext, origin: Origin, s3: S3TestServer, query: string) =>
  serve(t, {
    HALVE_DATA_DIR: await freshFolder(t),
    HALVE_ALLOW_HOSTS: origin.host,
    HALVE_STORAGE_URL: `s3://halve-test/shop?endpoint=${s3.url}&path_style=1${query}`,
    ...s3.environment,
  });

interface Status {
  readonly request_id: string;
  readonly status: string;
  readonly output_csv: string;
  readonly errors_csv: string;
  readonly progress: { readonly done: number; readonly failed: number };
}

const upload = async ({ url }: Served, csv: string): Promise<string> => {
  const form = new FormData();
  form.set('file', new File([csv], 'Frühling.csv', { type: 'text/csv' }));
  const answer = await fetchAsTold(url, '/upload', { method: 'POST', body: form });
  return JSON.parse(await answer.text()).request_id;
};

const finished = async ({ url }: Served, id: string): Promise<Status> => {
  // The stream ends with the request.
  await (await fetchAsTold(url, `/status/${id}/events`)).text();
  return JSON.parse(await (await fetchAsTold(url, `/status/${id}`)).text());
};

const outputUrls = (csv: string): string[] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[3] ?? '');

test('with a public bucket, the output CSV and the images it names are the objects', async (t) => {
  const [origin, s3] = await Promise.all([startShop(t), startS3Server(t)]);
  const service = await startService(t, origin, s3, '');
  const id = await upload(service, catalogue(origin, 5));
  const end = await finished(service, id);
  assert.deepEqual([end.status, end.progress.done, end.progress.failed], ['COMPLETED', 5, 1]);
  assert.equal(end.output_csv, `${s3.url}/halve-test/shop/csvfile/${id}_output.csv`);
  assert.equal(end.errors_csv, `${s3.url}/halve-test/shop/csvfile/${id}_errors.csv`);
  const csv = await fetch(end.output_csv);
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.match(csv.headers.get('content-disposition') ?? '', /^attachment; .*''Fr%C3%BChling_output\.csv$/);
  const text = await csv.text();
  const urls = outputUrls(text);
  assert.equal(urls.length, 6);
  assert.equal(urls[5], '', 'the slot of the failed image is empty');
  for (const url of urls.slice(0, 5)) {
    assert.match(url, new RegExp(`^${s3.url}/halve-test/shop/images/${id}/\\d-1-\\d-output\\.jpg$`));
    const image = await fetch(url);
    assert.equal(image.headers.get('content-type'), 'image/jpeg');
    const bytes = Buffer.from(await image.arrayBuffer());
    assert.ok(bytes.length > 0 && bytes.length <= source.length / 2);
  }
  assert.equal(
    await (await fetchAsTold(service.url, `/csvfile/${id}_output.csv`)).text(),
    text,
    'Halve serves it as well',
  );
  // It goes last, some time after the answer.
  const gone = s3.answered(({ method, url }) => method === 'DELETE' && url.includes('_report.csv'));
  const removed = await fetchAsTold(service.url, `/requests/${id}`, { method: 'DELETE' });
  assert.equal(removed.status, 204);
  await gone;
  for (const url of [end.output_csv, end.errors_csv, urls[0] ?? '']) assert.equal((await fetch(url)).status, 404);
});

test('with presign, result files have signed links and images are served by Halve', async (t) => {
  const [origin, s3] = await Promise.all([startShop(t), startS3Server(t)]);
  const service = await startService(t, origin, s3, '&presign=600');
  const end = await finished(service, await upload(service, catalogue(origin, 1)));
  const link = new URL(end.output_csv);
  assert.equal(link.searchParams.get('X-Amz-Expires'), '600');
  assert.ok(link.searchParams.has('X-Amz-Signature'));
  const csv = await fetch(link);
  assert.equal(csv.status, 200);
  const [url = ''] = outputUrls(await csv.text());
  assert.ok(url.startsWith(`${service.url}/image/`), url);
  const image = await fetch(url);
  assert.equal(image.headers.get('content-type'), 'image/jpeg');
  const bytes = Buffer.from(await image.arrayBuffer());
  const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
  assert.equal(part.status, 206);
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20)));
});

test('an outage of S3 costs no image', async (t) => {
  const [origin, s3] = await Promise.all([startShop(t), startS3Server(t)]);
  const front = await startS3Front(t, s3.url);
  const { engine, ...halve } = await startTestEngine(t, {
    allow: origin.host,
    store: { kind: 's3', location: front.location },
    storageEnvironment: s3.environment,
    links: bucketLinks(front.location, { served: servedLinks('https://halve.example'), sign: null }),
    storageProbeMs: 20,
  });
  let probes = 0;
  let felt: () => void = () => {};
  const outage = new Promise<void>((resolve) => {
    felt = resolve;
  });
  front.misbehave(({ method, url }, n) => {
    if (n <= 8) return null;
    if (method === 'PUT' && url?.includes('/check-') === true) probes += 1;
    // Each probe is three tries: the work rests, and was found to have to rest again.
    if (probes === 7) felt();
    return { kind: 'error', status: 500, code: 'InternalError' };
  });
  const request = await halve.submit(catalogue(origin, 40));
  await outage;
  front.misbehave(null);
  const end = await halve.finished(request);
  assert.deepEqual([end.status, end.done, end.failed], ['COMPLETED', 40, 1]);
  const urls = outputUrls(await (await fetch(await engine.links.csv(end.id, 'output'))).text());
  for (const url of urls.slice(0, 40)) assert.equal((await fetch(url, { method: 'HEAD' })).status, 200, url);
});

test('doctor tries the bucket, and says what it lacks', async (t) => {
  const s3 = await startS3Server(t);
  const settings = { HALVE_DATA_DIR: await freshFolder(t), HALVE_STORAGE_URL: s3.storageUrl, ...s3.environment };
  const well = await runCli(t, ['doctor'], settings);
  assert.match(well.stdout, /^ok {4}Storage: the bucket halve-test: /m);
  const ill = await runCli(t, ['doctor'], {
    ...settings,
    HALVE_STORAGE_URL: s3.storageUrl.replace('halve-test', 'not-there'),
  });
  assert.equal(ill.code, 1);
  assert.match(ill.stdout, /^FAULT Storage: The bucket does not exist\./m);
});

test('a run of the command line keeps to its folder, and says so', async (t) => {
  const [origin, s3, folder] = await Promise.all([startShop(t), startS3Server(t), freshFolder(t)]);
  await writeFile(join(folder, 'shoes.csv'), catalogue(origin, 1));
  const settings = { HALVE_STORAGE_URL: s3.storageUrl, HALVE_WORKERS: '1', HALVE_ALLOW_HOSTS: origin.host };
  const run = await runCli(t, ['run', 'shoes.csv'], settings, { cwd: folder });
  assert.equal(run.code, 3, run.stderr);
  assert.match(run.stderr, /^HALVE_STORAGE_URL is for "halve serve"/);
  assert.equal(s3.requests.length, 0);
});
