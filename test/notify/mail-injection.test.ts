/** E10 and E11 of the fault catalogue: texts from users that try to become headers, recipients or commands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { isEmailAddress } from '../../src/core/email-address.ts';
import { composeMail } from '../../src/notify/compose-mail.ts';
import { buildMessage } from '../../src/notify/mail-message.ts';
import { MailSender } from '../../src/notify/mail-sender.ts';
import { aMail, anAnnouncement } from '../helpers/a-mail.ts';
import { startMailServer } from '../helpers/mail-server.ts';

const FROM = { name: 'Halve', address: 'halve@shop.example' };
const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-auto-response-suppress',
];

/** Pieces attacks are made of, between any characters at all. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\r\n.\r\n',
        '\0',
        '\u2028',
        '\u202e',
        '\ud800',
        '=?utf-8?Q?',
        '?=',
        '<',
        '>',
      ),
      fc.constantFrom('"', "'", '&', ',', ';', ':', '(', ')', '\\', '/', '%0d%0a', '\t', ' ', 'Bcc: x@evil.example'),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''));

const mostly = (usual: string, odd: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });

/** Mostly addresses, now and then with a character that has no place there. */
const addressLike = fc
  .tuple(
    fc.string({
      unit: mostly("abcXYZ019!#$%&'*+-/=?^_`{|}~éß日", '.."(),:;<>@[\\] \t\r\n\0\u007f\u202e'),
      maxLength: 30,
    }),
    fc.string({ unit: mostly('abcXYZ019', '--..\u212aé_[]'), maxLength: 30 }),
  )
  .map((parts) => parts.join('@'));

test('hostile addresses are refused, and quickly', () => {
  const started = performance.now();
  const hostile = [
    'a@b.example\r\nBcc: x@evil.example',
    '"x@evil.example y"@ok.example',
    'a(comment)@b.example',
    'a@b.example, c@d.example',
    'a@b.example;c@d.example',
    '<a@b.example>',
    'Name <a@b.example>',
    'group: a@b.example;',
    'a@[127.0.0.1]',
    'a@b@c.example',
    '=?utf-8?Q?a?=@b.example',
    'a\u202e@b.example',
    'a@\u212a.example',
    'a..b@c.example',
    '.a@b.example',
    'a@b..example',
    'a@-b.example',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b'.repeat(64)}.example`,
    `${'a'.repeat(10_000)}@b.example`,
    `a@${'b.'.repeat(5_000)}`,
    `${'a.'.repeat(126)}@`,
  ];
  for (const address of hostile) assert.equal(isEmailAddress(address), false, address.slice(0, 40));
  assert.ok(performance.now() - started < 1_000);
  for (const address of [
    'a@b',
    'shop.team+halve@example.co.uk',
    "o'neil@example.ie",
    'jörg@example.de',
    '見本@example.jp',
  ]) {
    assert.equal(isEmailAddress(address), true, address);
  }
});

test('whatever is taken as an address makes one recipient and no other header', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(addressLike, nasty), async (to) => {
      if (!isEmailAddress(to)) return;
      taken += 1;
      const { headers, to: recipients } = await PostalMime.parse(await buildMessage(aMail({ to }), FROM, new Date(0)));
      assert.deepEqual(headers.map(({ key }) => key).toSorted(), HEADERS);
      assert.equal(recipients?.length, 1);
      assert.ok(recipients?.[0]?.address?.startsWith(to.slice(0, to.lastIndexOf('@') + 1)), recipients?.[0]?.address);
    }),
    { numRuns: 600 },
  );
  assert.ok(taken > 100, `only ${taken} addresses were tried`);
});

test('the envelope names the address given, and it alone', async (t) => {
  const mails = await startMailServer(t);
  const sender = new MailSender({ server: mails.server, from: FROM });
  const samples = fc.sample(addressLike.filter(isEmailAddress), 40);
  const sent = await Promise.all(samples.map((to) => sender.send(aMail({ to }), new AbortController().signal)));
  assert.ok(sent.every(({ ok }) => ok));
  const envelopes = mails.received.map(({ to }) => to);
  assert.ok(envelopes.every((to) => to.length === 1));
  // smtp-server writes domains in lower case.
  const lower = (address: string | undefined): string | undefined => address?.toLowerCase();
  assert.deepEqual(envelopes.map(([to]) => lower(to)).toSorted(), samples.map(lower).toSorted());
});

test('no text of a user makes a header, a part or a command', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (fileName, message, error) => {
      const failures = [{ code: 'http_status', count: 1, message }];
      const parts = composeMail(anAnnouncement({ file_name: fileName, failures, error, status: 'FAILED' }), {
        attached: true,
      });
      assert.doesNotMatch(parts.subject, /\p{C}|\p{Zl}|\p{Zp}/u);
      assert.ok([...parts.subject].length <= 200);
      const attachment = { filename: `${fileName}_output.csv`, contentType: 'text/csv', content: Buffer.from('x') };
      const raw = await buildMessage(aMail({ ...parts, attachment }), FROM, new Date(0));
      const parsed = await PostalMime.parse(raw);
      assert.deepEqual(parsed.headers.map(({ key }) => key).toSorted(), HEADERS);
      assert.equal(parsed.subject, parts.subject);
      assert.equal(parsed.attachments.length, 1);
      assert.match(parsed.attachments[0]?.filename ?? '', /_output\.csv$/);
      assert.doesNotMatch(parsed.attachments[0]?.filename ?? '', /[\p{C}/\\]/u);
      const careless = await PostalMime.parse(
        await buildMessage(aMail({ subject: `x${fileName}` }), FROM, new Date(0)),
      );
      assert.deepEqual(careless.headers.map(({ key }) => key).toSorted(), HEADERS);
      assert.doesNotMatch(careless.subject ?? '', /\p{C}/u);
      assert.doesNotMatch(raw.toString('latin1').replaceAll('\r\n', ''), /[\r\n]/, 'no line ends but CRLF');
    }),
    { numRuns: 150 },
  );
});

test('a dot alone on a line ends nothing', async (t) => {
  const mails = await startMailServer(t);
  const sender = new MailSender({ server: mails.server, from: FROM });
  const text = 'before\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n..\r\n.\nafter\r.\rend\n';
  assert.equal((await sender.send(aMail({ text }), new AbortController().signal)).ok, true);
  const { parsed } = await mails.next();
  assert.equal(
    parsed.text
      ?.trimEnd()
      .split(/\r\n|\r|\n/)
      .join('|'),
    'before|.|MAIL FROM:<evil@evil.example>|..|.|after|.|end',
  );
  await mails.whenIdle();
  assert.equal(mails.received.length, 1);
});
