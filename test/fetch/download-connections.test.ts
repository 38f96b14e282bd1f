import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { LocalHostGate } from '../../src/fetch/host-gate.ts';
import { openDownloader } from '../helpers/open-downloader.ts';
import { hang, status } from '../helpers/origin-faults.ts';
import { type Handler, startOrigin } from '../helpers/origin-server.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(50_000, 'picture')]);

/** Answers nobody until this many wait, then all of them: so the limit is reached in every round, never by luck. */
const inSixes = (): Handler => {
  let waiting: ServerResponse[] = [];
  return (_request, response) => {
    waiting.push(response);
    if (waiting.length < 6) return;
    for (const one of waiting) one.writeHead(200, { 'content-type': 'image/jpeg' }).end(PICTURE);
    waiting = [];
  };
};

test('204 downloads from one host: six requests and six connections at once, not more', async (t) => {
  const origin = await startOrigin(t);
  const downloader = openDownloader(t, { allow: origin.host });
  origin.route('/*', inSixes());
  const all = await Promise.all(Array.from({ length: 204 }, (_, n) => downloader.get(`${origin.url}/${n}.jpg`)));
  assert.ok(all.every(({ bytes }) => bytes.equals(PICTURE)));
  assert.equal(origin.hits(), 204);
  assert.equal(origin.peakParallel(), 6);
  assert.equal(origin.totalConnections, 6);
});

test('two downloaders behind one gate share its six places', async (t) => {
  const origin = await startOrigin(t);
  const gate = new LocalHostGate();
  const limits = { connectionsPerHost: 3 };
  const downloaders = [1, 2].map(() => openDownloader(t, { allow: origin.host, gate, limits }));
  origin.serve('/*', PICTURE, 'image/jpeg');
  const urls = Array.from({ length: 60 }, (_, n) => `${origin.url}/${n}.jpg`);
  await Promise.all(downloaders.flatMap((downloader) => urls.map((url) => downloader.get(url))));
  assert.equal(origin.hits(), 120);
  assert.ok(origin.peakParallel() <= 6);
  assert.ok(origin.peakConnections <= 6);
});

test('hosts that do not answer keep no place and no connection from one that does', async (t) => {
  const good = await startOrigin(t);
  const bad = await startOrigin(t);
  const gate = new LocalHostGate({ perHost: 2, total: 4 });
  const downloader = openDownloader(t, { allow: `${good.host}, ${bad.host}`, gate, limits: { totalTimeoutMs: 100 } });
  bad.route('/*', hang());
  good.serve('/*', PICTURE, 'image/jpeg');
  const failing = Promise.all(Array.from({ length: 12 }, (_, n) => downloader.fail(`${bad.url}/${n}`)));
  const passing = Promise.all(Array.from({ length: 100 }, (_, n) => downloader.get(`${good.url}/${n}`)));
  assert.equal((await passing).length, 100);
  assert.ok((await failing).every(({ code, retryable }) => code === 'timed_out' && retryable));
  // Six in vain make the host down, with one more under way; the others were not even sent.
  assert.ok(bad.hits() <= 7, `${bad.hits()} requests`);
  await bad.whenIdle();
});

test('a cut connection does not trouble the downloads beside it', async (t) => {
  const origin = await startOrigin(t);
  const downloader = openDownloader(t, { allow: origin.host });
  origin.serve('/good', PICTURE, 'image/jpeg');
  origin.route('/bad', (request) => request.socket.resetAndDestroy());
  origin.route('/gone', status(404));
  const outcomes = await Promise.allSettled(
    Array.from({ length: 90 }, (_, n) => downloader.get(`${origin.url}/${['good', 'bad', 'gone'][n % 3]}`)),
  );
  const kept = outcomes.filter(({ status: outcome }, n) => n % 3 === 0 && outcome === 'fulfilled');
  assert.equal(kept.length, 30);
});

test('HTTP_PROXY and its kin are not used', async (t) => {
  const origin = await startOrigin(t);
  const honeypot = await startOrigin(t);
  origin.serve('/a.jpg', PICTURE, 'image/jpeg');
  const source = (file: string): string => JSON.stringify(new URL(`../../src/fetch/${file}`, import.meta.url).href);
  const script = `
    const { Downloader } = await import(${source('download.ts')});
    const { parseAllowList } = await import(${source('allow-list.ts')});
    const { LocalHostGate } = await import(${source('host-gate.ts')});
    const downloader = new Downloader({ allow: parseAllowList('${origin.host}'), userAgent: 'test' });
    const call = { signal: AbortSignal.timeout(10_000), gate: new LocalHostGate() };
    const { bytes } = await downloader.download('${origin.url}/a.jpg', call);
    await downloader.close();
    process.stdout.write(String(bytes.byteLength));`;
  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
  const env = { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(proxies.map((name) => [name, honeypot.url])) };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  assert.equal(stdout, String(PICTURE.byteLength));
  assert.equal(origin.hits(), 1);
  assert.equal(honeypot.totalConnections, 0);
});
