import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { AppError } from '../../src/core/errors.ts';
import { type MessageToVerify, type SignedHeaders, signedHeaders, verifySignature } from '../../src/notify/sign.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';

/** The example of the reference libraries' own tests (standard-webhooks/standard-webhooks, "sign function works"). */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  seconds: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
} as const;
const NOW = EXAMPLE.seconds * 1000;

/** A message that verifies, unless something about it is changed. */
const example = (changed: Partial<MessageToVerify> = {}): MessageToVerify => ({
  headers: {
    'webhook-id': EXAMPLE.id,
    'webhook-timestamp': String(EXAMPLE.seconds),
    'webhook-signature': EXAMPLE.signature,
  },
  body: Buffer.from(EXAMPLE.body),
  secrets: [EXAMPLE.secret],
  now: NOW,
  ...changed,
});

const withHeader = (name: keyof SignedHeaders, value: string | undefined): MessageToVerify =>
  example({ headers: { ...example().headers, [name]: value } });

const refusal = (message: MessageToVerify): string => {
  try {
    verifySignature(message);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.deepEqual([error.code, error.status], ['invalid_signature', 401]);
    return error.message;
  }
  return assert.fail('the message was accepted');
};

describe('signedHeaders', () => {
  test("the reference libraries' example", () => {
    const { id, seconds, body, secret, signature } = EXAMPLE;
    assert.deepEqual(signedHeaders({ id, timestamp: new Date(NOW + 999), body, secrets: [secret] }), {
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signature,
    });
  });

  test('one signature for each secret, newest first', () => {
    const { id, body, secret, signature } = EXAMPLE;
    const newest = newWebhookSecret();
    const headers = signedHeaders({ id, timestamp: new Date(NOW), body, secrets: [newest, secret] });
    const [first = '', ...rest] = headers['webhook-signature'].split(' ');
    assert.deepEqual(rest, [signature]);
    assert.equal(first, new Webhook(newest).sign(id, new Date(NOW), body));
  });

  test('no secret, and an id that could move the borders of what is signed, are faults of ours', () => {
    const message = { id: EXAMPLE.id, timestamp: new Date(NOW), body: '{}', secrets: [EXAMPLE.secret] };
    assert.throws(() => signedHeaders({ ...message, secrets: [] }), TypeError);
    for (const id of ['', 'msg.1', 'msg 1', 'msg\n', 'x'.repeat(257)]) {
      assert.throws(() => signedHeaders({ ...message, id }), TypeError, id);
    }
  });
});

describe('verifySignature', () => {
  test("the reference libraries' example", () => {
    assert.deepEqual(verifySignature(example()), { id: EXAMPLE.id, timestamp: new Date(NOW) });
  });

  test('says which header is missing or not usable', () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
      for (const value of [undefined, '']) {
        assert.equal(refusal(withHeader(name, value)), `The header ${name} is missing.`);
      }
    }
    assert.match(refusal(withHeader('webhook-id', 'msg.1')), /webhook-id is not 1 to 256 printable characters/);
    assert.match(refusal(withHeader('webhook-signature', `v1,${'x'.repeat(2_000)}`)), /too long/);
    for (const value of ['soon', '1e9', '-5', ' 1614265330', '1614265330.5', '161426533000000']) {
      assert.match(refusal(withHeader('webhook-timestamp', value)), /not a time in seconds since 1970/, value);
    }
    for (const value of ['v1a,abc', 'v2,abc', EXAMPLE.signature.slice(3), EXAMPLE.signature.toUpperCase()]) {
      assert.match(refusal(withHeader('webhook-signature', value)), /no signature of version v1/, value);
    }
  });

  test('five minutes to either side pass, one second more does not; the clock is the one given', () => {
    for (const seconds of [-300, -299, 0, 300]) verifySignature(example({ now: NOW + seconds * 1000 }));
    assert.equal(
      refusal(example({ now: NOW + 301_000 })),
      'The time in webhook-timestamp lies 301 s in the past; 300 s are allowed.',
    );
    assert.equal(
      refusal(example({ now: NOW - 301_000 })),
      'The time in webhook-timestamp lies 301 s in the future; 300 s are allowed.',
    );
  });

  test('any change to what was signed, or another secret, fits no signature', () => {
    const changed = [
      withHeader('webhook-id', 'msg_other'),
      withHeader('webhook-timestamp', String(EXAMPLE.seconds + 1)),
      withHeader('webhook-signature', `v1,${Buffer.alloc(32).toString('base64')}`),
      withHeader('webhook-signature', 'v1,'),
      withHeader('webhook-signature', EXAMPLE.signature.slice(0, -1)),
      withHeader('webhook-signature', `${EXAMPLE.signature}=`),
      example({ body: Buffer.from('{"test":2432232314}') }),
      example({ body: Buffer.alloc(0) }),
      example({ secrets: [newWebhookSecret()] }),
      example({ secrets: [] }),
    ];
    for (const message of changed) assert.match(refusal(message), /^No signature fits/);
  });

  test('rotation: old and new signatures against old, new and both secrets', () => {
    const [oldest, newest] = [newWebhookSecret(), newWebhookSecret()];
    const sent = (...secrets: readonly string[]) => ({
      ...signedHeaders({ id: EXAMPLE.id, timestamp: new Date(NOW), body: EXAMPLE.body, secrets }),
    });
    for (const headers of [sent(newest, oldest), sent(oldest), sent(newest)]) {
      verifySignature(example({ headers, secrets: [newest, oldest] }));
    }
    verifySignature(example({ headers: sent(newest, oldest), secrets: [oldest] }));
    verifySignature(example({ headers: sent(newest, oldest), secrets: [newest] }));
    assert.match(refusal(example({ headers: sent(oldest), secrets: [newest] })), /^No signature fits/);
  });

  test('other versions beside ours are passed over', () => {
    verifySignature(withHeader('webhook-signature', `v1a,abc v2,def v1,ghi ${EXAMPLE.signature}`));
  });

  test('bytes that are no text count as they are', () => {
    const sign = (body: Uint8Array): string =>
      `v1,${createHmac('sha256', Buffer.from(EXAMPLE.secret.slice(6), 'base64'))
        .update(`${EXAMPLE.id}.${EXAMPLE.seconds}.`)
        .update(body)
        .digest('base64')}`;
    const replaced = Buffer.from('\ufffd');
    const signedAsText = { ...withHeader('webhook-signature', sign(replaced)), body: replaced };
    verifySignature(signedAsText);
    assert.match(refusal({ ...signedAsText, body: Buffer.from([0xff]) }), /^No signature fits/);
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        verifySignature({ ...withHeader('webhook-signature', sign(body)), body });
      }),
    );
  });
});

describe('with the standardwebhooks package', () => {
  const texts = fc.string({ unit: 'binary' });
  const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => ({
    padded: `whsec_${Buffer.from(bytes).toString('base64')}`,
    bare: `whsec_${Buffer.from(bytes).toString('base64').replace(/=+$/, '')}`,
  }));

  test('each accepts what the other signed', () => {
    // The package has no other clock than the real one.
    const timestamp = new Date();
    fc.assert(
      fc.property(texts, secrets, fc.uuid(), (body, { padded, bare }, id) => {
        for (const secret of [padded, bare]) {
          const headers = signedHeaders({ id, timestamp, body, secrets: [secret] });
          new Webhook(padded).verify(body, { ...headers }, { jsonParse: false });
          const signature = new Webhook(secret).sign(id, timestamp, body);
          const theirs = { ...headers, 'webhook-signature': signature };
          const now = timestamp.getTime();
          verifySignature({ headers: theirs, body: Buffer.from(body), secrets: [padded], now });
        }
      }),
    );
  });

  test('both refuse what was changed by one bit', () => {
    const timestamp = new Date();
    const body = JSON.stringify({ request_id: 'r1', message: 'Grüße' });
    const headers = { ...signedHeaders({ id: 'msg_1', timestamp, body, secrets: [EXAMPLE.secret] }) };
    const bytes = Buffer.from(body);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const now = timestamp.getTime();
        assert.match(refusal({ headers, body: changed, secrets: [EXAMPLE.secret], now }), /^No signature fits/);
        assert.throws(() => new Webhook(EXAMPLE.secret).verify(changed, headers, { jsonParse: false }));
      }),
    );
  });
});
