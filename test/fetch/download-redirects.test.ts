import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HostGate, LocalHostGate } from '../../src/fetch/host-gate.ts';
import { openDownloader } from '../helpers/open-downloader.ts';
import { redirect, status } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';

const PICTURE = Buffer.from('\xff\xd8\xff picture', 'latin1');

describe('redirects that are followed', () => {
  for (const code of [301, 302, 303, 307, 308]) {
    test(`${code}, absolute and relative`, async (t) => {
      const [first, second] = [await startOrigin(t), await startOrigin(t)];
      const downloader = openDownloader(t, { allow: `${first.host}, ${second.host}` });
      second.serve('/x/b.jpg', PICTURE, 'image/jpeg');
      second.route('/x/a.jpg', redirect('b.jpg?w=1', code));
      const { bytes, finalUrl } = await downloader.get(first.route('/a.jpg', redirect(`${second.url}/x/a.jpg`, code)));
      assert.deepEqual(bytes, PICTURE);
      assert.equal(finalUrl, `${second.url}/x/b.jpg?w=1`);
    });
  }

  test('five, not six; and a circle is left after as many', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    for (let n = 1; n <= 6; n += 1) origin.route(`/${n}`, redirect(`/${n + 1}`));
    origin.serve('/7', PICTURE, 'image/jpeg');
    assert.deepEqual((await downloader.get(`${origin.url}/2`)).bytes, PICTURE);
    const error = await downloader.fail(`${origin.url}/1`);
    assert.deepEqual([error.code, error.retryable], ['too_many_redirects', false]);
    assert.equal(origin.hits('/7'), 1);
    assert.equal((await downloader.fail(origin.route('/circle', redirect('/circle')))).code, 'too_many_redirects');
    assert.equal(origin.hits('/circle'), 6);
  });

  test('the connection is kept for what follows, after an error page too', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    origin.serve('/b', PICTURE, 'image/jpeg');
    for (let n = 0; n < 5; n += 1) await downloader.get(origin.route('/a', redirect('/b')));
    await downloader.fail(`${origin.url}/nothing`);
    assert.equal(origin.hits(), 11);
    // Two, because undici lets a connection rest for one turn of the event loop before it uses it again.
    assert.ok(origin.totalConnections <= 2, `${origin.totalConnections} connections`);
  });

  test('a large body that is not wanted neither is read nor blocks its connection', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, {
      allow: origin.host,
      limits: { connectionsPerHost: 1, totalTimeoutMs: 5_000 },
    });
    const long = 'x'.repeat(10_000_000);
    origin.serve('/b', PICTURE, 'image/jpeg');
    await downloader.fail(origin.route('/404', status(404, {}, long)));
    assert.deepEqual((await downloader.get(origin.route('/a', status(302, { location: '/b' }, long)))).bytes, PICTURE);
  });

  test('a redirect without Location is an answer like any other', async (t) => {
    const origin = await startOrigin(t);
    const error = await openDownloader(t, { allow: origin.host }).fail(origin.route('/a', status(302)));
    assert.deepEqual([error.code, error.group, error.retryable], ['http_status', '302', false]);
  });
});

describe('redirects that are refused, without a word about where they led', () => {
  const forbidden: Readonly<Record<'address_not_allowed' | 'invalid_url', readonly string[]>> = {
    address_not_allowed: [
      'http://127.0.0.1:1/',
      'http://127.1/',
      'http://10.0.0.5/',
      'http://192.168.1.1/',
      'http://169.254.169.254/latest/meta-data/',
      'http://2852039166/',
      'http://100.100.100.200/',
      'http://100.64.0.1/',
      'http://0.0.0.0/',
      'http://[::1]/',
      'http://[::ffff:169.254.169.254]/',
      'http://[64:ff9b::a00:5]/',
      'http://[fd00:ec2::254]/',
      'http://[fe80::1]/',
      'http://localhost/',
      'http://metadata.google.internal/',
      'http://intranet/',
      'http://cdn.example.com:22/',
      '//10.0.0.5/x',
    ],
    invalid_url: [
      'ftp://cdn.example.com/a',
      'file:///etc/passwd',
      'data:image/png;base64,AAAA',
      'http:/cdn.example.com/',
      'http://user:pw@cdn.example.com/',
      'http://cdn.example.com\\@10.0.0.5/',
      '\\\\10.0.0.5\\a',
      'http://[::1/',
      `/${'a'.repeat(9_000)}`,
    ],
  };
  for (const [code, locations] of Object.entries(forbidden)) {
    test(code, async (t) => {
      const origin = await startOrigin(t);
      const downloader = openDownloader(t, { allow: origin.host });
      for (const [n, location] of locations.entries()) {
        const error = await downloader.fail(origin.route(`/${n}`, redirect(location)));
        assert.deepEqual([error.code, error.retryable], [code, false], location);
        assert.match(
          error.message,
          /^The server 127\.0\.0\.1 redirects to (?:an address that may not be fetched|something that is not a usable address)\.$/,
        );
      }
      assert.equal(origin.hits(), locations.length);
    });
  }
});

describe('redirects and the host gate', () => {
  test('every hop has a place at its own host, and only one at a time', async (t) => {
    const [first, second] = [await startOrigin(t), await startOrigin(t)];
    const log: string[] = [];
    const gate: HostGate = {
      enter: async (host) => {
        log.push(`enter ${host}`);
        return ({ kind }) => log.push(`leave ${host} ${kind}`);
      },
    };
    const downloader = openDownloader(t, { allow: `${first.host}, ${second.host}`, gate });
    second.serve('/b', PICTURE, 'image/jpeg');
    await downloader.get(first.route('/a', redirect(`${second.url}/b`)));
    const [one, two] = [first.host, second.host];
    assert.deepEqual(log, [`enter ${one}`, `leave ${one} ok`, `enter ${two}`, `leave ${two} ok`]);
  });

  test('two hosts that point at each other do not lock each other', async (t) => {
    const [first, second] = [await startOrigin(t), await startOrigin(t)];
    const gate = new LocalHostGate({ perHost: 1 });
    const downloader = openDownloader(t, { allow: `${first.host}, ${second.host}`, gate });
    first.serve('/b', PICTURE, 'image/jpeg');
    second.serve('/b', PICTURE, 'image/jpeg');
    const there = first.route('/a', redirect(`${second.url}/b`));
    const back = second.route('/a', redirect(`${first.url}/b`));
    const all = await Promise.all(Array.from({ length: 40 }, (_, n) => downloader.get(n % 2 === 0 ? there : back)));
    assert.equal(all.length, 40);
    assert.deepEqual([first.peakParallel(), second.peakParallel()], [1, 1]);
  });

  test('the gate hears what became of each visit', async (t) => {
    const origin = await startOrigin(t);
    const dead = await startOrigin();
    await dead.close();
    const verdicts: unknown[] = [];
    const gate: HostGate = { enter: async () => (verdict) => verdicts.push(verdict) };
    const downloader = openDownloader(t, { allow: `${origin.host}, ${dead.host}`, gate });
    await downloader.fail(origin.route('/404', status(404)));
    await downloader.fail(origin.route('/503', status(503)));
    await downloader.fail(origin.route('/503r', status(503, { 'retry-after': '9' })));
    await downloader.fail(origin.route('/429', status(429)));
    const twice = origin.route('/twice', (_request, response) => {
      response.writeHead(429, ['retry-after', '7', 'retry-after', '8']).end();
    });
    await downloader.fail(twice);
    await downloader.fail(origin.route('/out', redirect('http://10.0.0.1/')));
    await downloader.fail(`${dead.url}/a`);
    await downloader.fail('http://10.0.0.1/');
    assert.deepEqual(verdicts, [
      { kind: 'ok' },
      { kind: 'ok' },
      { kind: 'pause', ms: 9_000 },
      { kind: 'pause', ms: 2_000 },
      { kind: 'pause', ms: 7_000 },
      { kind: 'ok' },
      { kind: 'failed', code: 'connection_failed' },
    ]);
  });
});
