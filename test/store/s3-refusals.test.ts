/** G6 of the reliability plan: a refusal says what to do, whom it concerns, and is not asked again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { S3Store } from '../../src/store/s3-store.ts';
import { always, error, failure, IMPATIENT, openFront, PATIENT } from '../helpers/s3-front-store.ts';
import { locationAt } from '../helpers/s3-server.ts';

const KEY = 'images/r1/1-1-a-output.jpg';
const JPEG = { contentType: 'image/jpeg' };
const BYTES = Buffer.alloc(10_000, 'image');

describe('S3 that says no', () => {
  const REGION = { 'x-amz-bucket-region': 'eu-west-1' };
  const answers: readonly [number, string | undefined, number, string | undefined, RegExp, Record<string, string>?][] =
    [
      [403, 'AccessDenied', 1, 'refused', /s3:PutObject.*docs\/storage\.md/],
      [403, 'InvalidAccessKeyId', 1, 'refused', /AWS_ACCESS_KEY_ID/],
      [403, 'SignatureDoesNotMatch', 1, 'refused', /AWS_SECRET_ACCESS_KEY/],
      [400, 'ExpiredToken', 1, 'refused', /expired/],
      [404, 'NoSuchBucket', 1, 'refused', /bucket does not exist/],
      [301, 'PermanentRedirect', 1, 'refused', /region=eu-west-1/, REGION],
      [307, 'TemporaryRedirect', 1, 'refused', /region=/],
      [400, 'AuthorizationHeaderMalformed', 1, 'refused', /region=eu-west-1/, REGION],
      [400, 'AccessControlListNotSupported', 1, 'refused', /acl=/],
      [501, 'NotImplemented', 1, 'refused', /501 NotImplemented/],
      [400, 'InvalidArgument', 1, 'refused', /400 InvalidArgument/],
      [404, undefined, 1, 'refused', /404/],
      [413, undefined, 1, undefined, /too large/],
      [507, 'XMinioStorageFull', 1, 'full', /full/],
      [403, 'QuotaExceeded', 1, 'full', /quota/],
      [500, 'InternalError', 3, 'unavailable', /\(500\)/],
      [502, undefined, 3, 'unavailable', /\(502\)/],
      [503, 'SlowDown', 3, 'unavailable', /less often/],
      [429, 'TooManyRequests', 3, 'unavailable', /less often/],
    ];
  for (const [status, code = 'a page of a proxy', tries, group, detail, headers] of answers) {
    test(`${status} ${code}: ${group ?? 'this file alone'}`, async (t) => {
      const { front, store } = await openFront(t);
      front.misbehave(always(error(status, code.includes(' ') ? undefined : code, headers)));
      await assert.rejects(store.put(KEY, BYTES, JPEG), failure(group, detail));
      assert.equal(front.requests.length, tries);
    });
  }

  test('a server that never answers', async (t) => {
    const { front, store } = await openFront(t, IMPATIENT);
    front.misbehave(always({ kind: 'hang' }));
    await assert.rejects(store.open(KEY), failure('unavailable', /did not answer in time/));
    assert.equal(front.requests.length, 3);
  });

  test('refusal to read is not taken for a missing file', async (t) => {
    const { front, store } = await openFront(t);
    front.misbehave(always(error(403, 'AccessDenied')));
    await assert.rejects(store.open(KEY), failure('refused', /s3:GetObject.*missing.*s3:ListBucket/));
  });

  test('check names the permission that is missing, and takes its probe away', async (t) => {
    const { front, server, store } = await openFront(t);
    for (const [method, detail] of [
      ['PUT', /s3:PutObject/],
      ['GET', /s3:GetObject/],
      ['DELETE', /s3:DeleteObject/],
    ] as const) {
      front.misbehave((request) => (request.method === method ? error(403, 'AccessDenied') : null));
      await assert.rejects(store.check(), failure('refused', detail));
    }
    front.misbehave((request) => (request.url?.includes('list-type') ? error(403, 'AccessDenied') : null));
    await assert.rejects(store.check(), failure('refused', /s3:ListBucket/));
    assert.equal(server.requests.at(-1)?.method, 'DELETE');
  });

  test('a missing bucket, as a real server says it', async (t) => {
    const { server } = await openFront(t);
    const store = new S3Store(locationAt(server.url, { bucket: 'not-there' }), PATIENT);
    await assert.rejects(store.check(), failure('refused', /bucket does not exist/));
  });

  test('no credentials anywhere', async (t) => {
    const { store } = await openFront(t);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'HOME']) {
      const value = process.env[name];
      t.after(() => Object.assign(process.env, value === undefined ? {} : { [name]: value }));
      delete process.env[name];
    }
    process.env.HOME = '/nonexistent';
    await assert.rejects(store.check(), failure('refused', /No credentials/));
  });

  test('an address where nobody speaks S3, TLS or HTTP', async (t) => {
    const { front } = await openFront(t);
    const tls = new S3Store(locationAt(front.url.replace('http:', 'https:')), PATIENT);
    await assert.rejects(tls.put(KEY, BYTES, JPEG), failure('refused', /TLS|certificate/));
    const nobody = new S3Store(locationAt('http://halve-test.invalid', { pathStyle: false }), PATIENT);
    await assert.rejects(nobody.put(KEY, BYTES, JPEG), failure('unavailable', /server name.*path_style=1/));
  });
});

describe('S3 without lists of deletions', () => {
  const isList = ({ method }: { method?: string | undefined }): boolean => method === 'POST';

  test('each file is removed by itself', async (t) => {
    const { server, front, store } = await openFront(t);
    for (const [status, code] of [
      [400, 'MissingContentMD5'],
      [501, 'NotImplemented'],
    ] as const) {
      await server.plant(Array.from({ length: 40 }, (_, i) => `images/r4/${i}.jpg`));
      front.misbehave((request) => (isList(request) ? error(status, code) : null));
      await store.remove('images/r4/');
      assert.equal(await store.open('images/r4/0.jpg'), null);
      assert.equal(await store.open('images/r4/39.jpg'), null);
    }
    assert.equal(front.requests.filter((request) => request.startsWith('DELETE')).length, 80);
  });

  test('a refusal is a refusal', async (t) => {
    const { server, front, store } = await openFront(t);
    await server.plant(['images/r4/1.jpg']);
    front.misbehave((request) => (isList(request) ? error(403, 'AccessDenied') : null));
    await assert.rejects(store.remove('images/r4/'), failure('refused', /s3:DeleteObject/));
  });
});
