import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { describe, test } from 'node:test';
import { LocalHostGate } from '../../src/fetch/host-gate.ts';
import { openDownloader, TEST_USER_AGENT } from '../helpers/open-downloader.ts';
import { body, cutOff, emptyBody, hang, inTurn, status, tooManyRequests, webPage } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(200_000, 'picture')]);

describe('a download that succeeds', () => {
  test('gives the bytes, the address and the type the server claims', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const url = origin.serve('/a b.jpg', PICTURE, 'image/jpeg');
    origin.serve('/a%20b.jpg', PICTURE, 'image/jpeg');
    const { bytes, finalUrl, contentType } = await downloader.get(`${url}?v=1#part`);
    assert.deepEqual(bytes, PICTURE);
    assert.deepEqual([finalUrl, contentType], [`${origin.url}/a%20b.jpg?v=1#part`, 'image/jpeg']);
  });

  test('says honestly who asks and for what, and gives away nothing else', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const url = origin.route('/a.jpg', body(PICTURE, { 'set-cookie': 'a=1; Path=/' }));
    await downloader.get(url);
    await downloader.get(url);
    assert.deepEqual(origin.headersSeen('/a.jpg')[1], {
      host: origin.host,
      connection: 'keep-alive',
      accept: 'image/jpeg, image/png, image/webp, image/avif, image/gif, */*;q=0.1',
      'accept-encoding': 'identity',
      'user-agent': TEST_USER_AGENT,
    });
  });

  test('goes by the bytes, not by what the server calls them', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    for (const type of ['text/html', 'application/octet-stream', 'nonsense']) {
      assert.deepEqual((await downloader.get(origin.serve('/a', PICTURE, type))).bytes, PICTURE);
    }
    assert.deepEqual((await downloader.get(origin.route('/b', cutOff(PICTURE, 'image/jpeg')))).bytes.length, 100_002);
    assert.deepEqual(
      (await downloader.get(origin.route('/c', body(PICTURE, { 'content-encoding': 'identity' })))).bytes,
      PICTURE,
    );
    assert.deepEqual(
      (await downloader.get(origin.route('/d', status(203, {}, 'transformed')))).bytes.toString(),
      'transformed',
    );
  });

  test('is one request: a second try is the business of the queue', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const url = origin.route('/a.jpg', inTurn(status(500), body(PICTURE)));
    assert.equal((await downloader.fail(url)).retryable, true);
    assert.equal(origin.hits('/a.jpg'), 1);
    assert.deepEqual((await downloader.get(url)).bytes, PICTURE);
  });
});

describe('an answer that is no picture', () => {
  test('every status has its code, group, sentence, and says whether another try can help', async (t) => {
    const origin = await startOrigin(t);
    // Each answer of 429 would make the one gate rest, and this is not about rest.
    const downloader = openDownloader(t, { allow: origin.host, gate: { enter: async () => () => undefined } });
    const retried = [202, 408, 425, 429, 500, 502, 503, 504, 507, 520, 522, 524, 599];
    const given_up = [201, 206, 300, 302, 304, 400, 401, 403, 404, 410, 418, 451, 501, 505, 511];
    for (const code of [...retried, ...given_up]) {
      const error = await downloader.fail(origin.route(`/${code}`, status(code)));
      assert.deepEqual(
        [error.code, error.group, error.retryable],
        ['http_status', String(code), retried.includes(code)],
      );
      assert.ok(error.message.startsWith(`The server 127.0.0.1 answered ${code}${STATUS_CODES[code] ? ' ' : '.'}`));
    }
    assert.equal((await downloader.fail(`${origin.url}/404`)).message, 'The server 127.0.0.1 answered 404 Not Found.');
  });

  test('Retry-After is passed on, as seconds and as a date', async (t) => {
    const origin = await startOrigin(t);
    const now = Date.UTC(2026, 0, 2, 3, 4, 5);
    const downloader = openDownloader(t, {
      allow: origin.host,
      gate: { enter: async () => () => undefined },
      now: () => now,
    });
    const wish = async (header?: string) =>
      (await downloader.fail(origin.route('/429', tooManyRequests(header)))).retryAfterMs;
    assert.equal(await wish('7'), 7_000);
    assert.equal(await wish('Fri, 02 Jan 2026 03:04:35 GMT'), 30_000);
    assert.equal(await wish('later'), undefined);
    assert.equal(await wish(), undefined);
  });

  test('a host that asks for rest gets it; the next download is turned away without a request', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host, gate: new LocalHostGate() });
    await downloader.fail(origin.route('/429', tooManyRequests('60')));
    const error = await downloader.fail(origin.serve('/a.jpg', PICTURE, 'image/jpeg'));
    assert.deepEqual(
      [error.code, error.group, error.retryable, error.extras],
      ['http_status', '429', true, { tried: false }],
    );
    assert.equal(origin.hits('/a.jpg'), 0);
  });

  test('no data at all', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const empty = await downloader.fail(origin.route('/empty', emptyBody()));
    assert.deepEqual([empty.code, empty.retryable], ['empty_body', true]);
    const none = await downloader.fail(origin.route('/204', status(204)));
    assert.deepEqual([none.code, none.retryable], ['empty_body', false]);
    assert.equal(none.message, 'The server 127.0.0.1 answered 204 No Content: no data at all.');
  });

  test('a web page is told by its title, whatever type it claims', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const error = await downloader.fail(origin.route('/login', webPage('Sign in &ndash; Shop')));
    assert.deepEqual([error.code, error.retryable], ['not_an_image', false]);
    assert.equal(error.message, 'The server 127.0.0.1 sent a web page ("Sign in – Shop") instead of an image.');
    const untitled = await downloader.fail(origin.route('/p', body('<p>Not here.</p>')));
    assert.equal(untitled.message, 'The server 127.0.0.1 sent a web page instead of an image.');
  });
});

describe('cancelling', () => {
  test('a signal that serves many downloads keeps nothing of those that are over', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const { signal } = new AbortController();
    await downloader.get(origin.serve('/a', PICTURE, 'image/jpeg'), signal);
    await downloader.fail(`${origin.url}/404`, signal);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('before, while waiting at the gate, and in the middle', async (t) => {
    const origin = await startOrigin(t);
    const gate = new LocalHostGate({ perHost: 1 });
    const downloader = openDownloader(t, { allow: origin.host, gate });
    assert.equal((await downloader.fail(`${origin.url}/a`, AbortSignal.abort())).code, 'cancelled');
    const cancel = new AbortController();
    const arrived = new Promise<void>((resolve) => {
      origin.route('/hang', (...call) => {
        hang()(...call);
        resolve();
      });
    });
    const inside = downloader.fail(`${origin.url}/hang`, cancel.signal);
    const waiting = downloader.fail(`${origin.url}/never`, cancel.signal);
    await arrived;
    cancel.abort();
    for (const error of await Promise.all([inside, waiting])) {
      assert.deepEqual([error.code, error.retryable], ['cancelled', false]);
    }
    await origin.whenIdle();
    assert.equal(origin.hits('/never'), 0);
    assert.equal((await downloader.get(origin.serve('/b', PICTURE, 'image/jpeg'))).bytes.length, PICTURE.length);
  });

  test('close() ends what is under way, closes all connections, and lets nothing new begin', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    await downloader.get(origin.serve('/a', PICTURE, 'image/jpeg'));
    const arrived = new Promise<void>((resolve) => origin.route('/hang', () => resolve()));
    const open = downloader.fail(`${origin.url}/hang`);
    await arrived;
    await downloader.close();
    assert.equal((await open).code, 'cancelled');
    await origin.whenIdle();
    assert.equal((await downloader.fail(`${origin.url}/a`)).code, 'cancelled');
    assert.equal(origin.hits('/a'), 1);
  });
});
