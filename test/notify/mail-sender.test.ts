import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MAX_ATTACHMENT_BYTES, MailSender, type MailSenderOptions } from '../../src/notify/mail-sender.ts';
import { aMail, OUTPUT_CSV } from '../helpers/a-mail.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';

const FROM = { name: 'Halve', address: 'halve@shop.example' };
const NEVER = new AbortController().signal;
const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);

const senderFor = (t: TestContext, mails: MailServer, options: Partial<MailSenderOptions> = {}): MailSender => {
  const sender = new MailSender({ server: mails.server, from: FROM, now: () => NOON, ...options });
  t.after(() => sender.close());
  return sender;
};

test('one well-formed mail arrives, with the attachment byte for byte', async (t) => {
  const mails = await startMailServer(t);
  const outcome = await senderFor(t, mails).send(aMail(), NEVER);
  const { parsed, from, to, raw } = await mails.next();
  assert.deepEqual({ ...outcome, result: outcome.result.slice(0, 4) }, { ...TAKEN, result: '250 ' });
  assert.deepEqual([from, to], ['halve@shop.example', ['team@shop.example']]);
  assert.deepEqual(parsed.from, { name: 'Halve', address: 'halve@shop.example' });
  assert.deepEqual(parsed.to, [{ name: '', address: 'team@shop.example' }]);
  assert.equal(parsed.subject, aMail().subject);
  assert.equal(parsed.text?.trimEnd(), aMail().text.trimEnd());
  assert.equal(parsed.html?.trimEnd(), aMail().html);
  assert.equal(parsed.messageId, '<msg_0123456789abcdef0123456789abcdef@shop.example>');
  assert.equal(parsed.date, new Date(NOON).toISOString());
  const [file, ...others] = parsed.attachments;
  assert.equal(others.length, 0);
  assert.deepEqual(
    [file?.filename, file?.mimeType, file?.disposition],
    ['spring_output.csv', 'text/csv', 'attachment'],
  );
  assert.equal(Buffer.from(file?.content as ArrayBuffer).toString(), OUTPUT_CSV);
  const lines = raw.toString('latin1').split('\r\n');
  assert.ok(
    lines.every((line) => line.length <= 78 && !/[\r\n]/.test(line)),
    'RFC 5322 section 2.1.1',
  );
});

const TAKEN = { ok: true, result: '', answerCode: 250, next: 'give-up', retryAfterMs: null };

test('the headers are those of an automatic mail, each once', async (t) => {
  const mails = await startMailServer(t);
  await senderFor(t, mails).send(aMail(), NEVER);
  const { parsed } = await mails.next();
  const keys = parsed.headers.map(({ key }) => key);
  const expected = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];
  assert.deepEqual(keys.toSorted(), [...expected, 'x-auto-response-suppress']);
  assert.equal(parsed.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated');
});

test('a mail sent again has the same Message-ID', async (t) => {
  const mails = await startMailServer(t);
  const sender = senderFor(t, mails);
  await sender.send(aMail(), NEVER);
  await sender.send(aMail(), NEVER);
  assert.equal((await mails.next()).parsed.messageId, (await mails.next()).parsed.messageId);
});

test('without pipelining it goes just as well', async (t) => {
  const mails = await startMailServer(t, { pipelining: false });
  assert.equal((await senderFor(t, mails).send(aMail(), NEVER)).ok, true);
});

test('an attachment of 1 MB arrives whole, a larger one is a mistake of the caller', async (t) => {
  const mails = await startMailServer(t);
  const sender = senderFor(t, mails);
  // Every byte there is, also dots at the beginning of lines.
  const content = Buffer.alloc(MAX_ATTACHMENT_BYTES, Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)));
  const attachment = { filename: 'large.csv', contentType: 'text/csv', content };
  assert.equal((await sender.send(aMail({ attachment }), NEVER)).ok, true);
  const [file] = (await mails.next()).parsed.attachments;
  assert.ok(Buffer.from(file?.content as ArrayBuffer).equals(content));
  const larger = { ...attachment, content: Buffer.alloc(MAX_ATTACHMENT_BYTES + 1) };
  await assert.rejects(sender.send(aMail({ attachment: larger }), NEVER), TypeError);
  await assert.rejects(sender.send(aMail({ id: 'a>\r\nBcc: b' }), NEVER), TypeError);
});

test('names and texts of every script arrive as they are', async (t) => {
  const mails = await startMailServer(t);
  const subject = 'Frühjahr 🌱 обувь.csv: 3 of 4 rows need you';
  const text = '見本 — naïve 🙂\n'.repeat(40);
  const html = '<p>見本 — naïve 🙂</p>';
  const attachment = { filename: 'Frühjahr 🌱 обувь_output.csv', contentType: 'text/csv', content: Buffer.from('x') };
  await senderFor(t, mails).send(aMail({ subject, text, html, attachment }), NEVER);
  const { parsed, raw } = await mails.next();
  assert.equal(parsed.subject, subject);
  assert.equal(parsed.text?.trimEnd(), text.trimEnd());
  assert.equal(parsed.html?.trimEnd(), html);
  assert.equal(parsed.attachments[0]?.filename, 'Frühjahr 🌱 обувь_output.csv');
  assert.ok(
    raw.every((byte) => byte < 128),
    'seven bits are enough',
  );
});

test('the server is told what is in the envelope of an address in another script', async (t) => {
  const mails = await startMailServer(t);
  assert.equal((await senderFor(t, mails).send(aMail({ to: '見本@shop.example' }), NEVER)).ok, true);
  const { to, parsed } = await mails.next();
  assert.deepEqual(to, ['見本@shop.example']);
  assert.equal(parsed.to?.[0]?.address, '見本@shop.example');
});

test('it takes its leave with QUIT', async (t) => {
  const mails = await startMailServer(t);
  await senderFor(t, mails).send(aMail(), NEVER);
  await mails.whenIdle();
  assert.deepEqual([mails.totalConnections, mails.openConnections], [1, 0]);
});

test('a login is made when the settings name one', async (t) => {
  const mails = await startMailServer(t, { login: { user: 'halve', password: 'pässword' } });
  const login = { user: 'halve', password: 'pässword' };
  assert.equal((await senderFor(t, mails, { server: { ...mails.server, login } }).send(aMail(), NEVER)).ok, true);
  assert.equal((await mails.next()).user, 'halve');
});
