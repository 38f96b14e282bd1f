import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { scrubText } from '../../src/core/scrub-text.ts';
import { collectLog } from '../helpers/collect-log.ts';

test('a line is JSON, with what its writer named', () => {
  const { log, lines } = collectLog('info');
  log.child({ request_id: 'r1' }).info({ images: 3 }, 'accepted');
  log.debug('not at this level');
  assert.deepEqual(
    lines().map(({ time: _, ...line }) => line),
    [{ level: 30, request_id: 'r1', images: 3, msg: 'accepted' }],
  );
});

test('of an error its type, code, words, places and causes are told, and nothing that hangs on it', () => {
  const { log, text, lines } = collectLog('error');
  const foreign = Object.assign(new Error('no answer from https://u:p@s3.example/b/k.jpg?X-Amz-Signature=abc'), {
    code: 'ECONNRESET',
    headers: { authorization: 'Bearer topsecret' },
  });
  const error = new AppError('database_unavailable', { cause: foreign, extras: { errors: ['row of a user'] } });
  log.error({ err: error }, 'failed');
  const [line] = lines();
  const err = line?.err as { type: string; code: string; stack: string; causes: Record<string, unknown>[] };
  assert.deepEqual([err.type, err.code], ['AppError', 'database_unavailable']);
  assert.match(err.stack, /^\s+at .*log\.test\.ts/);
  assert.equal(err.causes[0]?.message, 'no answer from https://s3.example/…');
  assert.equal(err.causes[0]?.code, 'ECONNRESET');
  for (const secret of ['topsecret', 'Signature', 'k.jpg', 'u:p', 'row of a user'])
    assert.ok(!text().includes(secret), secret);
});

test('errors of any shape become a line', () => {
  const { log, lines } = collectLog('error');
  const ring = new Error('ring');
  ring.cause = ring;
  const shapes = [ring, 'words', null, undefined, 42, { a: 1 }, new AggregateError([new Error('one'), 'two'], 'both')];
  for (const err of shapes) log.error({ err }, 'x');
  assert.equal(lines().length, shapes.length);
  const [last] = lines().slice(-1);
  assert.match(JSON.stringify(last), /"one".*"two"/);
});

test('calls and answers that a library logs lose their addresses and headers', () => {
  const { log, text } = collectLog('info');
  const req = { method: 'GET', url: '/status?key=topsecret', headers: { authorization: 'Bearer topsecret' } };
  log.info({ req, res: { statusCode: 200, headers: { cookie: 'topsecret' } } }, 'x');
  log.info({ options: { headers: { authorization: 'topsecret' }, limit: 1 } }, 'x');
  assert.ok(text().includes('"status":200'));
  assert.ok(!text().includes('topsecret'));
});

test('addresses keep their host, keys and secrets nothing', () => {
  const cases: [string, string][] = [
    ['GET https://cdn.shop.example:8443/a/b.jpg?token=1#x failed', 'GET https://cdn.shop.example:8443/… failed'],
    ['"http://a.example"', '"http://a.example"'],
    ['http://a.example/', 'http://a.example/…'],
    ['http://user:pass@a.example/x', 'http://a.example/…'],
    ['550 <me@shop.example>: no such user', '550 <…@shop.example>: no such user'],
    ['smtp://user:pass@mail.example:587', '…@mail.example:587'],
    ['authorization: Bearer abc.def-ghi', 'authorization: Bearer …'],
    ['with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'with whsec_…'],
    ['http://[not-an-address/x', 'https://…'],
  ];
  for (const [text, scrubbed] of cases) assert.equal(scrubText(text), scrubbed);
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), (address, before) => {
      const secret = 'c0ffee-c0ffee';
      const scrubbed = scrubText(`${before} ${address}/${secret}?k=${secret} behind`);
      assert.ok(!scrubbed.includes(secret));
    }),
  );
  assert.ok(scrubText('x'.repeat(1_000_000)).length <= 2_000);
});
