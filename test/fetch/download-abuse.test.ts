import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDownloader } from '../helpers/open-downloader.ts';
import * as faults from '../helpers/origin-faults.ts';
import { type Handler, startOrigin } from '../helpers/origin-server.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(99_997, 'picture')]);
const CHUNK = 65_536;

describe('too many bytes', () => {
  const limits = { maxBytes: PICTURE.byteLength };

  test('the limit itself passes, one byte more does not, announced or not', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host, limits });
    const more = Buffer.concat([PICTURE, Buffer.from([0])]);
    assert.equal((await downloader.get(origin.serve('/a', PICTURE, 'image/jpeg'))).bytes.length, limits.maxBytes);
    assert.equal((await downloader.get(origin.route('/b', faults.body(PICTURE)))).bytes.length, limits.maxBytes);
    for (const url of [origin.serve('/c', more, 'image/jpeg'), origin.route('/d', faults.body(more))]) {
      const error = await downloader.fail(url);
      assert.deepEqual([error.code, error.retryable], ['too_large', false]);
      assert.equal(error.message, 'The file from the server 127.0.0.1 is larger than 0.1 MB.');
    }
  });

  test('an endless body and an announced 5 GB are cut off, not read', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host, limits });
    for (const fault of [faults.endlessBody(), faults.hugeContentLength()]) {
      let sent = 0;
      const counted: Handler = (request, response) => {
        response.once('close', () => {
          sent = request.socket.bytesWritten;
        });
        fault(request, response);
      };
      assert.equal((await downloader.fail(origin.route('/big', counted))).code, 'too_large');
      await origin.whenIdle();
      // What the buffers of the two sockets take in before the cut counts as sent; more would mean it was read.
      assert.ok(sent < limits.maxBytes + 128 * CHUNK, `${sent} bytes were sent`);
    }
  });

  test('of an endless web page only the beginning is read', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const page = faults.endlessBody('<!doctype html><title>Out of stock</title>');
    const error = await downloader.fail(origin.route('/page', page));
    assert.equal(error.message, 'The server 127.0.0.1 sent a web page ("Out of stock") instead of an image.');
    await origin.whenIdle();
  });

  test('a packed body is refused unopened', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const before = process.memoryUsage().rss;
    const error = await downloader.fail(origin.route('/gz', faults.gzipBomb(1024 ** 2)));
    assert.deepEqual([error.code, error.retryable], ['unsupported_format', false]);
    assert.match(error.message, /sent the file packed \(gzip\)/);
    for (const encoding of ['br', 'deflate', 'gzip, gzip, gzip', 'x-unknown', 'zstd']) {
      const url = origin.route('/e', faults.body(PICTURE, { 'content-encoding': encoding }));
      assert.equal((await downloader.fail(url)).code, 'unsupported_format', encoding);
    }
    assert.ok(process.memoryUsage().rss - before < 50 * 1024 ** 2);
  });
});

describe('too slow', () => {
  const limits = { totalTimeoutMs: 150 };
  const slow: Readonly<Record<string, [Handler, sentence: string]>> = {
    'no answer at all': [faults.hang(), 'did not answer in time.'],
    'a header now and then': [faults.dripHeaders(), 'did not answer in time.'],
    'a byte now and then': [faults.dripBody(), 'did not send the whole file in time.'],
  };
  for (const [name, [fault, sentence]] of Object.entries(slow)) {
    test(`${name}: one deadline ends it`, async (t) => {
      const origin = await startOrigin(t);
      const downloader = openDownloader(t, { allow: origin.host, limits });
      const error = await downloader.fail(origin.route('/slow', fault));
      assert.deepEqual([error.code, error.retryable], ['timed_out', true]);
      assert.equal(error.message, `The server 127.0.0.1 ${sentence}`);
      await origin.whenIdle();
    });
  }

  test('the deadline holds for all redirects together', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host, limits });
    const late =
      (location: string): Handler =>
      (request, response) => {
        setTimeout(() => faults.redirect(location)(request, response), 60);
      };
    for (const n of [1, 2, 3, 4]) origin.route(`/${n}`, late(`/${n + 1}`));
    origin.serve('/5', PICTURE, 'image/jpeg');
    assert.equal((await downloader.fail(`${origin.url}/1`)).code, 'timed_out');
    assert.equal(origin.hits('/5'), 0);
  });

  test('a name that is never looked up', async (t) => {
    const downloader = openDownloader(t, {
      allow: '',
      limits: { dnsTimeoutMs: 20 },
      resolve: () => new Promise(() => undefined),
    });
    const error = await downloader.fail('http://cdn.example.com/a.jpg');
    assert.deepEqual([error.code, error.retryable], ['host_not_found', true]);
    assert.equal(error.message, 'The server name cdn.example.com could not be found.');
  });
});

describe('broken off', () => {
  const broken: Readonly<Record<string, [Handler, answered: boolean]>> = {
    'a reset in the middle': [faults.resetMidBody(PICTURE), true],
    'fewer bytes than announced': [faults.shortBody(PICTURE), true],
    'a broken chunk': [
      faults.rawBytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n'),
      true,
    ],
    'the last chunk missing': [
      faults.rawBytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'),
      true,
    ],
    'a reset at once': [faults.resetAtOnce(), false],
    'no HTTP': [faults.rawBytes('SSH-2.0-OpenSSH_9.9\r\n'), false],
    'ninety kilobytes of headers': [faults.rawBytes(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(90_000)}\r\n\r\n`), false],
    'two lengths': [faults.rawBytes('HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabc'), false],
  };
  for (const [name, [fault, answered]] of Object.entries(broken)) {
    test(`${name}: no half file, and another try`, async (t) => {
      const origin = await startOrigin(t);
      const downloader = openDownloader(t, { allow: origin.host });
      const error = await downloader.fail(origin.route('/broken', fault));
      assert.deepEqual([error.code, error.retryable], ['connection_failed', true]);
      assert.ok(error.message.includes(answered ? 'broke off in the middle' : 'could not be reached'), error.message);
      assert.deepEqual((await downloader.get(origin.serve('/a', PICTURE, 'image/jpeg'))).bytes, PICTURE);
    });
  }

  test('nobody listens', async (t) => {
    const origin = await startOrigin();
    await origin.close();
    const error = await openDownloader(t, { allow: origin.host }).fail(`${origin.url}/a`);
    assert.deepEqual([error.code, error.retryable], ['connection_failed', true]);
  });
});
