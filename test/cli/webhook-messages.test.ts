import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Judgement, judgeMessage } from '../../src/cli/webhook/judge-message.ts';
import { parseSavedMessage, type SavedMessage } from '../../src/cli/webhook/saved-message.ts';
import { signedHeaders } from '../../src/notify/sign.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';

const SECRET = newWebhookSecret();
const NOW = Date.parse('2026-11-22T10:00:00Z');

const signed = (body: string, { at = NOW, arrived = body }: { at?: number; arrived?: string } = {}): SavedMessage => ({
  headers: { ...signedHeaders({ id: 'msg_1', timestamp: new Date(at), body, secrets: [SECRET] }) },
  body: Buffer.from(arrived),
});
const judge = (message: SavedMessage, options: { anyAge?: boolean; secrets?: readonly string[] } = {}): Judgement =>
  judgeMessage(message, { secrets: [SECRET], anyAge: false, now: NOW, ...options });

test('valid: the right secret, the very bytes, recent', () => {
  assert.equal(judge(signed('{"a":1}')).valid, true);
  assert.equal(judge(signed('{"a":1}'), { secrets: [newWebhookSecret(), SECRET] }).valid, true);
});

test('not valid: says exactly why, and what was probably done to the body', () => {
  const cases: readonly (readonly [SavedMessage, RegExp, RegExp | null])[] = [
    [{ headers: {}, body: Buffer.from('{}') }, /webhook-id is missing/, null],
    [signed('{"a":1}', { arrived: '{"a":2}' }), /No signature fits/, null],
    [signed('{"a":1}', { arrived: '{"a":1}\n' }), /No signature fits/, /line break at its end/],
    [signed('{"a":1}', { arrived: '  {"a":1}' }), /No signature fits/, /blanks around it/],
    [signed('{"a":1}', { arrived: '{\n  "a": 1\n}' }), /No signature fits/, /written compactly/],
  ];
  for (const [message, detail, hint] of cases) {
    const judgement = judge(message);
    assert.equal(judgement.valid, false);
    assert.match(judgement.detail, detail);
    if (hint === null) assert.equal(judgement.hint, null);
    else assert.match(judgement.hint ?? '', hint);
  }
  const cut = signed('{"a":1}', { arrived: '{"a":' });
  const announced = { ...cut, headers: { ...cut.headers, 'content-length': '7' } };
  assert.match(judge(announced).hint ?? '', /has 5 bytes, but Content-Length says 7/);
  assert.equal(judge(signed('{}'), { secrets: [newWebhookSecret()] }).valid, false);
});

test('an old message: the signature is judged all the same, and its age can be left out', () => {
  const old = signed('{}', { at: NOW - 24 * 3_600_000 });
  assert.match(judge(old).detail, /The signature fits, but the message is about 24 h old/);
  assert.deepEqual(judge(old, { anyAge: true }).valid, true);
  assert.match(judge(signed('{}', { at: NOW + 3_600_000 })).detail, /60 min in the future/);
  const forged = { ...old, body: Buffer.from('{"a":1}') };
  assert.match(judge(forged, { anyAge: true }).detail, /No signature fits/);
});

test('a saved request: first line or none, either line break, any body', () => {
  const headerValue = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_=/+,.:;'), minLength: 1 });
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
  fc.assert(
    fc.property(
      fc.dictionary(name, headerValue, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
      fc.uint8Array(),
      fc.constantFrom('\r\n', '\n'),
      fc.constantFrom('', 'POST /hook?x=1 HTTP/1.1'),
      (headers, body, newline, firstLine) => {
        const lines = Object.entries(headers).map(([key, value]) => `${key.toUpperCase()}: ${value}${newline}`);
        const head = `${firstLine === '' ? '' : firstLine + newline}${lines.join('')}${newline}`;
        const parsed = parseSavedMessage(Buffer.concat([Buffer.from(head), body]));
        assert.deepEqual(parsed?.headers, headers);
        assert.deepEqual([...(parsed?.body ?? [])], [...body]);
      },
    ),
  );
});

test('what is no saved request', () => {
  for (const text of ['', '{"a":1}', '{"a":1}\n\n', 'hello\nworld\n\nbody', 'a: b', '\n\n']) {
    assert.equal(parseSavedMessage(Buffer.from(text)), null, JSON.stringify(text));
  }
});
