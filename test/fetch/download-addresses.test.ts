import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResolvedAddress } from '../../src/fetch/resolve-host.ts';
import { openDownloader } from '../helpers/open-downloader.ts';
import { body } from '../helpers/origin-faults.ts';
import { startOrigin } from '../helpers/origin-server.ts';

const PICTURE = Buffer.from('\xff\xd8\xff picture', 'latin1');
const NAME = 'flip.example.com';

const answer = (...addresses: readonly string[]): readonly ResolvedAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** A DNS server that gives one answer after the other, the last one for ever, and counts the questions. */
const playDns = (...answers: readonly (readonly ResolvedAddress[] | Error)[]) => {
  const dns = {
    questions: 0,
    resolve: async () => {
      const given = answers[Math.min(dns.questions, answers.length - 1)] ?? [];
      dns.questions += 1;
      if (given instanceof Error) throw given;
      return given;
    },
  };
  return dns;
};

const dnsError = (code: string): Error => Object.assign(new Error(`getaddrinfo ${code}`), { code });

describe('names that resolve to addresses', () => {
  test('a name leads to its address, with the name in Host', async (t) => {
    const origin = await startOrigin(t);
    const { resolve } = playDns(answer('127.0.0.1'));
    const downloader = openDownloader(t, { allow: `127.0.0.1:${origin.port}`, resolve });
    origin.serve('/a', PICTURE, 'image/jpeg');
    assert.deepEqual((await downloader.get(`http://${NAME}:${origin.port}/a`)).bytes, PICTURE);
    assert.equal(origin.headersSeen('/a')[0]?.host, `${NAME}:${origin.port}`);
  });

  test('a second address is used when nobody listens at the first', async (t) => {
    const origin = await startOrigin(t);
    const { resolve } = playDns(answer('::1', '127.0.0.1'));
    const downloader = openDownloader(t, { allow: `${NAME}:${origin.port}`, resolve });
    origin.serve('/a', PICTURE, 'image/jpeg');
    assert.deepEqual((await downloader.get(`http://${NAME}:${origin.port}/a`)).bytes, PICTURE);
  });

  // 192.0.2.1 is listed so that the port passes as text; the origin on loopback is the honeypot.
  for (const addresses of [
    ['127.0.0.1'],
    ['192.0.2.1', '127.0.0.1'],
    ['127.0.0.1', '192.0.2.1'],
    ['8.8.8.8'],
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['192.0.2.1', '::1'],
    ['0.0.0.0'],
    ['169.254.169.254'],
    ['fd00:ec2::254'],
    ['10.0.0.1', '192.168.0.1'],
    ['not an address'],
  ]) {
    test(`${addresses.join(' and ')}: refused, nobody is connected to`, async (t) => {
      const origin = await startOrigin(t);
      const { resolve } = playDns(answer(...addresses));
      const downloader = openDownloader(t, { allow: `192.0.2.1:${origin.port}`, resolve });
      const error = await downloader.fail(`http://${NAME}:${origin.port}/a`);
      assert.deepEqual([error.code, error.retryable], ['address_not_allowed', false]);
      assert.equal(
        error.message,
        `Halve may not connect to ${NAME} on port ${origin.port}; only to the ports 80 and 443 of public addresses.`,
      );
      assert.equal(origin.totalConnections, 0);
    });
  }

  test('a listed name may be private, and still not a metadata service', async (t) => {
    const origin = await startOrigin(t);
    const dns = playDns(answer('127.0.0.1'), answer('127.0.0.1', '169.254.169.254'));
    const downloader = openDownloader(t, { allow: `img.internal:${origin.port}`, resolve: dns.resolve });
    origin.route('/a', body(PICTURE, { connection: 'close' }));
    const url = `http://img.internal:${origin.port}/a`;
    assert.deepEqual((await downloader.get(url)).bytes, PICTURE);
    await origin.whenIdle();
    assert.equal((await downloader.fail(url)).code, 'address_not_allowed');
    assert.equal(origin.hits(), 1);
  });
});

describe('names that change their mind', () => {
  test('one question for each connection, whose answer is the one connected to', async (t) => {
    const origin = await startOrigin(t);
    const turns = [answer('127.0.0.1'), answer('10.0.0.1'), answer('127.0.0.1', '10.0.0.1'), answer('127.0.0.1')];
    const dns = playDns(...turns);
    const downloader = openDownloader(t, { allow: `127.0.0.1:${origin.port}`, resolve: dns.resolve });
    const url = `http://${NAME}:${origin.port}/a`;
    origin.route('/a', body(PICTURE, { connection: 'close' }));
    const outcomes: string[] = [];
    for (const _turn of turns) {
      outcomes.push(
        await downloader.get(url).then(
          () => 'fetched',
          (error) => error.code,
        ),
      );
      await origin.whenIdle();
    }
    assert.deepEqual(outcomes, ['fetched', 'address_not_allowed', 'address_not_allowed', 'fetched']);
    assert.equal(dns.questions, 4);
    assert.equal(origin.totalConnections, 2);
  });

  test('a kept connection stays on its judged address; only a new one asks again', async (t) => {
    const origin = await startOrigin(t);
    const dns = playDns(answer('127.0.0.1'), answer('169.254.169.254'));
    const limits = { connectionsPerHost: 1 };
    const downloader = openDownloader(t, { allow: `127.0.0.1:${origin.port}`, resolve: dns.resolve, limits });
    const url = `http://${NAME}:${origin.port}/a`;
    origin.serve('/a', PICTURE, 'image/jpeg');
    for (let n = 0; n < 5; n += 1) await downloader.get(url);
    assert.deepEqual([dns.questions, origin.totalConnections], [1, 1]);
    origin.route('/a', body(PICTURE, { connection: 'close' }));
    await downloader.get(url);
    await origin.whenIdle();
    assert.equal((await downloader.fail(url)).code, 'address_not_allowed');
    assert.equal(dns.questions, 2);
  });

  test('questions for one name at the same time share one answer', async (t) => {
    const origin = await startOrigin(t);
    const dns = playDns(answer('127.0.0.1'));
    const downloader = openDownloader(t, { allow: `127.0.0.1:${origin.port}`, resolve: dns.resolve });
    origin.serve('/a', PICTURE, 'image/jpeg');
    await Promise.all(Array.from({ length: 6 }, () => downloader.get(`http://${NAME}:${origin.port}/a`)));
    assert.equal(dns.questions, 1);
  });

  test('a name that is not found, then cannot be looked up, then is private', async (t) => {
    const dns = playDns(dnsError('ENOTFOUND'), dnsError('EAI_AGAIN'), [], answer('10.0.0.1'));
    const downloader = openDownloader(t, { allow: '', resolve: dns.resolve });
    const outcomes: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { code, retryable } = await downloader.fail('https://cdn.example.com/a.jpg');
      outcomes.push([code, retryable]);
    }
    assert.deepEqual(outcomes, [
      ['host_not_found', false],
      ['host_not_found', true],
      ['host_not_found', false],
      ['address_not_allowed', false],
    ]);
  });
});
