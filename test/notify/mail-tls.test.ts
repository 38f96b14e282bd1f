import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MailSender, type MailSenderOptions } from '../../src/notify/mail-sender.ts';
import { aMail } from '../helpers/a-mail.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { type MailServer, startMailServer } from '../helpers/mail-server.ts';

const FROM = { name: 'Halve', address: 'halve@shop.example' };
const NEVER = new AbortController().signal;
const LOGIN = { user: 'halve', password: 'secret' };

const authority = makeCertificate({ name: 'Test authority', authority: true });
const authorities = authority.cert;
const tls = makeCertificate({ name: 'localhost', issuer: authority });

const senderFor = (t: TestContext, mails: MailServer, options: Partial<MailSenderOptions> = {}): MailSender => {
  const sender = new MailSender({ server: mails.server, from: FROM, ...options });
  t.after(() => sender.close());
  return sender;
};

for (const implicitTls of [false, true]) {
  const way = implicitTls ? 'TLS from the first byte' : 'STARTTLS';

  test(`${way}: the mail goes encrypted, the login too`, async (t) => {
    const mails = await startMailServer(t, { tls, implicitTls, login: LOGIN });
    const server = { ...mails.server, login: LOGIN };
    const outcome = await senderFor(t, mails, { server, authorities }).send(aMail(), NEVER);
    assert.equal(outcome.ok, true, outcome.result);
    const { encrypted, user } = await mails.next();
    assert.deepEqual([encrypted, user], [true, 'halve']);
  });

  test(`${way}: a certificate nobody vouches for, or for another name, stops everything`, async (t) => {
    const other = makeCertificate({ name: 'other.example', issuer: authority });
    const late = makeCertificate({ name: 'localhost', issuer: authority, notAfter: new Date(Date.now() - 86_400_000) });
    for (const [certificate, trusted, said] of [
      [tls, undefined, /certificate is not valid \(.*(verify|issuer)/],
      [other, authorities, /certificate is not valid \(it is for another name\)/],
      [late, authorities, /certificate is not valid \(certificate has expired\)/],
    ] as const) {
      const mails = await startMailServer(t, { tls: certificate, implicitTls, login: LOGIN });
      const server = { ...mails.server, login: LOGIN };
      const sender = senderFor(t, mails, { server, ...(trusted === undefined ? {} : { authorities: trusted }) });
      const outcome = await sender.send(aMail(), NEVER);
      assert.deepEqual([outcome.ok, outcome.next, mails.logins, mails.received.length], [false, 'retry', 0, 0]);
      assert.match(outcome.result, said);
    }
  });
}

test('where STARTTLS was stripped, neither the login nor the mail goes out', async (t) => {
  // The server takes logins in plain text; nobody may try.
  const mails = await startMailServer(t, { login: LOGIN });
  const server = { ...mails.server, requireTls: true, login: LOGIN };
  const outcome = await senderFor(t, mails, { server }).send(aMail(), NEVER);
  assert.deepEqual([outcome.ok, outcome.next, mails.logins, mails.received.length], [false, 'retry', 0, 0]);
  assert.match(outcome.result, /offers no encryption by STARTTLS; nothing was sent/);
});

test('where encryption is optional it is used when offered, whoever made the certificate', async (t) => {
  const encrypted = await startMailServer(t, { tls });
  const server = { ...encrypted.server, requireTls: false };
  assert.equal((await senderFor(t, encrypted, { server }).send(aMail(), NEVER)).ok, true);
  assert.equal((await encrypted.next()).encrypted, true);
  const plain = await startMailServer(t);
  assert.equal((await senderFor(t, plain).send(aMail(), NEVER)).ok, true);
  assert.equal((await plain.next()).encrypted, false);
});

test('smtps:// towards a port that begins without TLS says so', async (t) => {
  const mails = await startMailServer(t);
  const server = { ...mails.server, implicitTls: true, requireTls: true };
  const outcome = await senderFor(t, mails, { server }).send(aMail(), NEVER);
  assert.match(outcome.result, /does not begin with TLS; try smtp:\/\//);
  assert.equal(outcome.next, 'retry');
});

test('a message handed over over TLS is cut off just as surely', async (t) => {
  const mails = await startMailServer(t, { tls });
  const onHandOver = (): Promise<void> => Promise.reject(new Error('disk full'));
  const outcome = await senderFor(t, mails, { authorities }).send(aMail({ onHandOver }), NEVER);
  assert.equal(outcome.next, 'retry');
  await mails.whenIdle();
  assert.equal(mails.received.length, 0);
});

test('verify tries all but a mail, and says in a sentence what is wrong', async (t) => {
  const mails = await startMailServer(t, { tls, login: LOGIN });
  const server = { ...mails.server, login: LOGIN };
  await senderFor(t, mails, { server, authorities }).verify();
  await mails.whenIdle();
  assert.deepEqual([mails.logins, mails.received.length], [1, 0]);

  const faultOf = (options: Partial<MailSenderOptions>) => senderFor(t, mails, options).verify();
  const place = `localhost:${mails.port}: `;
  const wrong = { ...server, login: { ...LOGIN, password: 'wrong' } };
  const failsWith = (message: RegExp) => (error: Error & { code?: string }) =>
    error.code === 'mail_server_failed' && error.message.startsWith(place) && message.test(error.message);
  await assert.rejects(faultOf({ server: wrong, authorities }), failsWith(/535 .*login refused/));
  await assert.rejects(faultOf({ server }), failsWith(/certificate is not valid/));
  const unencrypted = await startMailServer(t);
  const stripped = new MailSender({ server: { ...unencrypted.server, requireTls: true }, from: FROM });
  await assert.rejects(stripped.verify(), /offers no encryption/);
  await mails.close();
  await assert.rejects(faultOf({ server, authorities }), failsWith(/could not be reached: it refused the connection/));
});
