import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { systemCode } from '../../src/core/errors.ts';
import { type Certificate, type CertificateOptions, makeCertificate } from '../helpers/certificate.ts';
import { openDownloader, type TestDownloader } from '../helpers/open-downloader.ts';
import { redirect } from '../helpers/origin-faults.ts';
import { type Origin, startOrigin } from '../helpers/origin-server.ts';

const NAME = 'shop.test';
const toLoopback = async () => [{ address: '127.0.0.1', family: 4 }];
const PICTURE = Buffer.from('\xff\xd8\xff picture', 'latin1');

describe('https', () => {
  const authority = makeCertificate({ name: 'Test Authority', authority: true });
  const usual = tls.getCACertificates('default');
  before(() => tls.setDefaultCACertificates([...usual, authority.cert]));
  after(() => tls.setDefaultCACertificates(usual));

  type Context = { after(clean: () => Promise<void>): void };
  const serve = async (
    t: Context,
    certificate: Certificate,
    also = '',
  ): Promise<{ origin: Origin; downloader: TestDownloader }> => {
    const origin = await startOrigin(t, { tls: certificate });
    origin.serve('/a.jpg', PICTURE, 'image/jpeg');
    const allow = `${NAME}:${origin.port}, other.test:${origin.port}, ${also}`;
    return { origin, downloader: openDownloader(t, { allow, resolve: toLoopback }) };
  };

  test('a valid certificate of the name in the address, although the connection goes to an IP', async (t) => {
    const { origin, downloader } = await serve(t, makeCertificate({ name: NAME, issuer: authority }));
    const { bytes } = await downloader.get(`https://${NAME}:${origin.port}/a.jpg`);
    assert.deepEqual(bytes, PICTURE);
    assert.equal(origin.headersSeen('/a.jpg')[0]?.host, `${NAME}:${origin.port}`);
  });

  const stranger = makeCertificate({ name: 'Stranger', authority: true });
  const faulty: readonly [fault: string, cause: string, CertificateOptions][] = [
    ['signed by itself', 'DEPTH_ZERO_SELF_SIGNED_CERT', { name: NAME }],
    ['signed by a stranger', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', { name: NAME, issuer: stranger }],
    ['expired', 'CERT_HAS_EXPIRED', { name: NAME, issuer: authority, notAfter: new Date(Date.now() - 1_000) }],
    ['of another name', 'ERR_TLS_CERT_ALTNAME_INVALID', { name: 'other.test', issuer: authority }],
  ];
  for (const [fault, cause, options] of faulty) {
    test(`a certificate ${fault} is refused, for good`, async (t) => {
      const { origin, downloader } = await serve(t, makeCertificate(options));
      const error = await downloader.fail(`https://${NAME}:${origin.port}/a.jpg`);
      assert.deepEqual([error.code, error.retryable], ['tls_failed', false]);
      assert.equal(systemCode(error.cause), cause);
      assert.match(error.message, /No secure connection to shop\.test could be made/);
      assert.equal(origin.hits(), 0);
    });
  }

  test('no TLS at the other end', async (t) => {
    const origin = await startOrigin(t);
    const downloader = openDownloader(t, { allow: origin.host });
    const error = await downloader.fail(`https://${origin.host}/a.jpg`);
    assert.equal(error.code, 'tls_failed');
    assert.equal(origin.hits(), 0);
  });

  test('a redirect must not lead from https to http', async (t) => {
    const plain = await startOrigin(t);
    const { origin, downloader } = await serve(t, makeCertificate({ name: NAME, issuer: authority }), plain.host);
    plain.serve('/a.jpg', PICTURE, 'image/jpeg');
    const url = origin.route('/down.jpg', redirect(`${plain.url}/a.jpg`)).replace('127.0.0.1', NAME);
    const error = await downloader.fail(url);
    assert.deepEqual([error.code, error.retryable], ['address_not_allowed', false]);
    assert.match(error.message, /redirects from https to an insecure http address/);
    assert.equal(plain.hits(), 0);
  });

  test('the name of every hop is verified anew', async (t) => {
    const { origin, downloader } = await serve(t, makeCertificate({ name: NAME, issuer: authority }));
    const url = origin.route('/across.jpg', redirect(`https://other.test:${origin.port}/a.jpg`));
    assert.equal((await downloader.fail(url.replace('127.0.0.1', NAME))).code, 'tls_failed');
    assert.equal(origin.hits('/a.jpg'), 0);
  });
});
