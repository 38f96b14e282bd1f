import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { makeCertificate } from '../helpers/certificate.ts';
import { openPoster } from '../helpers/open-poster.ts';
import * as faults from '../helpers/origin-faults.ts';
import type { Handler } from '../helpers/origin-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const MEGABYTE = 1024 ** 2;

describe('an answer counts once its headers are there', () => {
  test('an endless body is read for 64 kB and cut off', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host });
    let sent = 0;
    receiver.answer = () => (request, response) => {
      response.once('close', () => {
        sent = request.socket.bytesWritten;
      });
      faults.endlessBody('thank you ')(request, response);
    };
    const answer = await post(receiver.url);
    assert.equal(answer.status, 200);
    assert.match(answer.snippet, /^thank you \ufffd+…$/);
    await receiver.whenIdle();
    // What the buffers of the two sockets take in before the cut counts as sent; more would mean it was read.
    assert.ok(sent < 8 * MEGABYTE, `${sent} bytes were sent`);
  });

  const shortly: Readonly<Record<string, Handler>> = {
    'a body that drips': faults.dripBody(),
    'a body that is announced and does not come': faults.hugeContentLength(),
    'a body that breaks off': faults.resetMidBody(Buffer.alloc(1_000, 'x')),
    'a body that ends early': faults.shortBody(Buffer.alloc(1_000, 'x')),
    'a broken chunk': faults.rawBytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n'),
  };
  for (const [name, fault] of Object.entries(shortly)) {
    test(`${name} is waited for shortly`, async (t) => {
      const receiver = await startReceiver(t);
      // The total would fail the test: the limit for the body must be what ends it.
      const { post } = openPoster(t, { allow: receiver.host, limits: { bodyTimeoutMs: 100, totalTimeoutMs: 60_000 } });
      receiver.answer = () => fault;
      assert.equal((await post(receiver.url)).status, 200);
      await receiver.whenIdle();
    });
  }

  test('the total limit ends the wait for a body too', async (t) => {
    const receiver = await startReceiver(t);
    const { post } = openPoster(t, { allow: receiver.host, limits: { bodyTimeoutMs: 60_000, totalTimeoutMs: 200 } });
    receiver.answer = () => faults.dripBody();
    assert.equal((await post(receiver.url)).status, 200);
    await receiver.whenIdle();
  });
});

describe('no answer', () => {
  const silent: Readonly<Record<string, Handler>> = {
    'never a word': faults.hang(),
    'a header now and then': faults.dripHeaders(),
    'for ever about to go on': (request) => {
      const timer = setInterval(() => request.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
      request.socket.once('close', () => clearInterval(timer));
    },
  };
  for (const [name, fault] of Object.entries(silent)) {
    test(`${name}: the total limit ends it`, async (t) => {
      const receiver = await startReceiver(t);
      const { fail } = openPoster(t, { allow: receiver.host, limits: { totalTimeoutMs: 200 } });
      receiver.answer = () => fault;
      const error = await fail(receiver.url);
      assert.deepEqual([error.code, error.retryable], ['timed_out', true]);
      assert.equal(error.message, 'The receiver 127.0.0.1 did not answer within 0.2 s.');
      await receiver.whenIdle();
    });
  }

  const headers = `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(MEGABYTE)}\r\n\r\n`;
  const broken: Readonly<Record<string, readonly [Handler, sentence: RegExp]>> = {
    'a reset': [faults.resetAtOnce(), /could not be reached or closed the connection without an answer/],
    'a megabyte of headers': [faults.rawBytes(headers), /answered with too many headers/],
    'no HTTP': [faults.rawBytes('SSH-2.0-OpenSSH_9.9\r\n'), /answered something that is not HTTP/],
  };
  for (const [name, [fault, sentence]] of Object.entries(broken)) {
    test(`${name}: a failure with a sentence, and the next call works`, async (t) => {
      const receiver = await startReceiver(t);
      const { post, fail } = openPoster(t, { allow: receiver.host });
      receiver.answer = (n) => (n === 1 ? fault : {});
      const error = await fail(receiver.url);
      assert.deepEqual([error.code, error.retryable], ['connection_failed', true]);
      assert.match(error.message, sentence);
      assert.equal((await post(receiver.url)).status, 200);
    });
  }

  test('a receiver that dies, is not there, and comes back', async (t) => {
    const receiver = await startReceiver(t);
    const { post, fail } = openPoster(t, { allow: receiver.host });
    receiver.answer = () => faults.hang();
    const dying = fail(receiver.url);
    await receiver.next();
    await receiver.die();
    assert.equal((await dying).code, 'connection_failed');
    const gone = await fail(receiver.url);
    assert.deepEqual([gone.code, gone.message], ['connection_failed', 'Nobody listens at the receiver 127.0.0.1.']);
    await receiver.revive();
    receiver.answer = () => ({ status: 204 });
    assert.equal((await post(receiver.url)).status, 204);
  });
});

describe('addresses', () => {
  test('a loopback receiver that is not listed is refused as text, and nobody connects', async (t) => {
    const receiver = await startReceiver(t);
    const { fail } = openPoster(t, { allow: '' });
    for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0', 'localhost', '[::1]']) {
      const url = receiver.url.replace('127.0.0.1', host);
      const error = await fail(url);
      assert.deepEqual([error.code, error.retryable], ['address_not_allowed', false], url);
      assert.ok(error.message.startsWith(`Halve may not connect to ${host} on port`), error.message);
    }
    assert.equal(receiver.totalConnections, 0);
  });

  test('a name that turns to a forbidden address is refused at the call, not only when it was given', async (t) => {
    const receiver = await startReceiver(t);
    const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '127.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const { post, fail } = openPoster(t, { allow: receiver.host, resolve });
    const url = receiver.url.replace('127.0.0.1', 'hooks.example.com');
    assert.equal((await post(url)).status, 200);
    for (const _forbidden of [1, 2]) assert.equal((await fail(url)).code, 'address_not_allowed');
    assert.equal((await post(url)).status, 200);
    assert.equal(receiver.totalConnections, 2);
  });

  test('what is no usable address', async (t) => {
    const { fail } = openPoster(t, { allow: '' });
    for (const url of ['ftp://example.com/', 'example.com', 'https://user:pw@example.com/', 'http://', 'http://a b/']) {
      assert.deepEqual([(await fail(url)).code], ['invalid_url'], url);
    }
  });

  test('names that are not found, or not in time', async (t) => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const nowhere = openPoster(t, { allow: '', resolve: () => Promise.reject(missing) });
    const never = openPoster(t, { allow: '', resolve: () => new Promise(() => {}), limits: { dnsTimeoutMs: 20 } });
    for (const [{ fail }, retryable] of [[nowhere, false] as const, [never, true] as const]) {
      const error = await fail('https://hooks.example.com/');
      assert.deepEqual([error.code, error.retryable], ['host_not_found', retryable]);
      assert.equal(error.message, 'The name of the receiver hooks.example.com could not be found.');
    }
  });

  test('a certificate nobody knows, and no TLS at all; a good one works', async (t) => {
    const authority = makeCertificate({ name: 'Test Authority', authority: true });
    const usual = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...usual, authority.cert]);
    t.after(() => tls.setDefaultCACertificates(usual));
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const serve = async (given: Parameters<typeof startReceiver>[1]) => {
      const receiver = await startReceiver(t, given);
      const url = receiver.url.replace(/^.*?127.0.0.1/, 'https://hooks.example.com');
      return { receiver, url, ...openPoster(t, { allow: receiver.host, resolve }) };
    };
    const good = await serve({ tls: makeCertificate({ name: 'hooks.example.com', issuer: authority }) });
    assert.equal((await good.post(good.url)).status, 200);
    for (const options of [
      { tls: makeCertificate({ name: 'hooks.example.com' }) },
      { tls: makeCertificate({ name: 'other.example.com', issuer: authority }) },
      {},
    ]) {
      const bad = await serve(options);
      const error = await bad.fail(bad.url);
      assert.equal(error.code, 'tls_failed');
      assert.match(error.message, /^No secure connection to the receiver hooks\.example\.com could be made/);
      assert.equal(bad.receiver.messages.length, 0);
    }
  });
});
