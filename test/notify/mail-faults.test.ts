/** E12 of the fault catalogue: what a mail server can do to us, and what follows. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MailSender, type MailSenderOptions } from '../../src/notify/mail-sender.ts';
import { aMail } from '../helpers/a-mail.ts';
import { type MailFault, type MailServer, type MailServerOptions, startMailServer } from '../helpers/mail-server.ts';

const FROM = { name: '', address: 'halve@shop.example' };
const NEVER = new AbortController().signal;

const senderFor = (t: TestContext, mails: MailServer, options: Partial<MailSenderOptions> = {}): MailSender => {
  const sender = new MailSender({ server: mails.server, from: FROM, ...options });
  t.after(() => sender.close());
  return sender;
};

/** A server that misbehaves once, and a sender. */
const withFault = async (
  t: TestContext,
  fault: MailFault,
  options: { readonly server?: MailServerOptions; readonly sender?: Partial<MailSenderOptions> } = {},
): Promise<{ mails: MailServer; sender: MailSender }> => {
  const mails = await startMailServer(t, { ...options.server, faults: [fault] });
  return { mails, sender: senderFor(t, mails, options.sender) };
};

const AT: Readonly<Record<string, readonly [MailFault, number, 'retry' | 'give-up']>> = {
  'a server that is about to close': [{ at: 'greeting', does: '421 4.3.2 shutting down' }, 421, 'retry'],
  'a server that wants nobody': [{ at: 'greeting', does: '554 5.3.2 no service here' }, 554, 'retry'],
  'a sender that must log in first': [{ at: 'sender', does: '530 5.7.0 log in first' }, 530, 'retry'],
  'a sender that is refused': [{ at: 'sender', does: '550 5.7.1 not you' }, 550, 'give-up'],
  'grey-listing': [{ at: 'recipient', does: '451 4.7.1 come back later' }, 451, 'retry'],
  'a full mailbox': [{ at: 'recipient', does: '452 4.2.2 mailbox full' }, 452, 'retry'],
  'an address nobody has': [{ at: 'recipient', does: '550 5.1.1 no such user' }, 550, 'give-up'],
  'a message put off': [{ at: 'end', does: '451 4.3.0 try again later' }, 451, 'retry'],
  'a message put off for a shutdown': [{ at: 'end', does: '421 4.3.2 shutting down' }, 421, 'retry'],
  'a message refused': [{ at: 'end', does: '554 5.6.0 looks like spam' }, 554, 'give-up'],
};

for (const [name, [fault, code, next]] of Object.entries(AT)) {
  test(`${name}: ${fault.does} is told as it is, then ${next}`, async (t) => {
    const { mails, sender } = await withFault(t, fault);
    const outcome = await sender.send(aMail(), NEVER);
    assert.deepEqual([outcome.ok, outcome.answerCode, outcome.next], [false, code, next]);
    assert.ok(outcome.result.startsWith(fault.does), outcome.result);
    assert.equal(mails.received.length, 0);
    await mails.whenIdle();
    assert.equal((await sender.send(aMail(), NEVER)).ok, true, 'the next attempt is a fresh one');
  });
}

test('a refused login is tried again, because the operator can mend it', async (t) => {
  const mails = await startMailServer(t, { login: { user: 'halve', password: 'right' } });
  const server = { ...mails.server, login: { user: 'halve', password: 'wrong' } };
  const outcome = await senderFor(t, mails, { server }).send(aMail(), NEVER);
  assert.deepEqual([outcome.answerCode, outcome.next], [535, 'retry']);
  assert.match(outcome.result, /^535 5\.7\.8 .*login refused.*HALVE_SMTP_URL/);
  const unasked = await startMailServer(t);
  const offered = await senderFor(t, unasked, { server: { ...unasked.server, login: server.login } }).send(
    aMail(),
    NEVER,
  );
  assert.deepEqual([offered.next, unasked.received.length], ['retry', 0]);
  assert.match(offered.result, /offers no login/);
});

test('a server that never greets, or never answers, is left after a while', async (t) => {
  for (const [at, timeouts, said] of [
    ['greeting', { greetingMs: 100 }, /did not greet in time/],
    ['sender', { answerMs: 100 }, /did not answer within 0\.1 s/],
    ['recipient', { answerMs: 100 }, /did not answer within 0\.1 s/],
  ] as const) {
    const { mails, sender } = await withFault(t, { at, does: 'hang' }, { sender: { timeouts } });
    const outcome = await sender.send(aMail(), NEVER);
    assert.deepEqual([outcome.ok, outcome.answerCode, outcome.next], [false, null, 'retry'], at);
    assert.match(outcome.result, said);
    await mails.whenIdle();
    assert.equal(mails.received.length, 0);
  }
});

test('a server that is not there is tried again', async (t) => {
  const mails = await startMailServer(t);
  const sender = senderFor(t, mails, { server: mails.server });
  await mails.close();
  const outcome = await sender.send(aMail(), NEVER);
  assert.deepEqual([outcome.answerCode, outcome.next], [null, 'retry']);
  assert.equal(outcome.result, 'the mail server could not be reached: it refused the connection');
});

test('a connection that breaks before the end of the content is tried again: nothing was taken', async (t) => {
  for (const at of ['greeting', 'sender', 'recipient', 'content'] as const) {
    const { mails, sender } = await withFault(t, { at, does: 'cut' });
    // Held, so that the end cannot be quicker than the fault.
    const held = Promise.withResolvers<void>();
    const outcome = await sender.send(aMail({ onHandOver: () => held.promise }), NEVER);
    assert.deepEqual([outcome.ok, outcome.answerCode, outcome.next], [false, null, 'retry'], at);
    assert.match(outcome.result, /broke off the connection/);
    held.resolve();
    await mails.whenIdle();
    assert.equal(mails.received.length, 0);
  }
});

test('a connection cut right after the final dot: unknown, and never sent again by itself', async (t) => {
  const { mails, sender } = await withFault(t, { at: 'end', does: 'cut' });
  const outcome = await sender.send(aMail(), NEVER);
  assert.deepEqual([outcome.ok, outcome.answerCode, outcome.next], [false, null, 'give-up']);
  assert.match(outcome.result, /^unknown: .*may have arrived, and a replay sends it again$/);
  assert.ok(outcome.result.length <= 300);
  assert.equal(mails.received.length, 1, 'it did arrive, which we cannot know');
});

test('no answer after the final dot: unknown as well', async (t) => {
  const { mails, sender } = await withFault(
    t,
    { at: 'end', does: 'hang' },
    { sender: { timeouts: { finalAnswerMs: 100 } } },
  );
  const outcome = await sender.send(aMail(), NEVER);
  assert.deepEqual([outcome.ok, outcome.next], [false, 'give-up']);
  assert.match(outcome.result, /^unknown: .*did not answer within 0\.1 s/);
  assert.equal(mails.received.length, 1);
});

test('the hand-over is written down before the server can have the message', async (t) => {
  const mails = await startMailServer(t);
  let calls = 0;
  const onHandOver = async (): Promise<void> => {
    calls += 1;
    assert.equal(mails.received.length, 0);
  };
  assert.equal((await senderFor(t, mails).send(aMail({ onHandOver }), NEVER)).ok, true);
  assert.deepEqual([calls, mails.received.length], [1, 1]);
});

test('when the hand-over cannot be written down, nothing is delivered', async (t) => {
  const mails = await startMailServer(t);
  const onHandOver = (): Promise<void> => Promise.reject(new Error('database is locked'));
  const outcome = await senderFor(t, mails).send(aMail({ onHandOver }), NEVER);
  assert.deepEqual([outcome.ok, outcome.answerCode, outcome.next], [false, null, 'retry']);
  assert.equal(outcome.result, 'the hand-over could not be written down, so nothing was sent');
  await mails.whenIdle();
  assert.equal(mails.received.length, 0);
});

test('a server that answers before the end of the message has not taken it', async (t) => {
  for (const [does, next] of [
    ['552 5.3.4 too large', 'give-up'],
    ['451 4.3.1 no space left', 'retry'],
    ['250 2.0.0 fine', 'retry'],
  ] as const) {
    const { mails, sender } = await withFault(t, { at: 'content', does });
    const held = Promise.withResolvers<void>();
    const outcome = await sender.send(aMail({ onHandOver: () => held.promise }), NEVER);
    assert.deepEqual([outcome.ok, outcome.next], [false, next], outcome.result);
    held.resolve();
    await mails.whenIdle();
    assert.equal(mails.received.length, 0);
  }
});

test('a mail larger than the server takes is not sent at all', async (t) => {
  const mails = await startMailServer(t, { maxBytes: 1_000 });
  const outcome = await senderFor(t, mails).send(aMail(), NEVER);
  assert.deepEqual([outcome.next, outcome.result], ['give-up', 'the mail is larger than the mail server takes']);
  assert.equal(mails.received.length, 0);
});

test('what is not one address is not sent to', async (t) => {
  const mails = await startMailServer(t);
  const outcome = await senderFor(t, mails).send(aMail({ to: 'a@shop.example>\r\nRCPT TO:<b@shop.example' }), NEVER);
  assert.deepEqual([outcome.next, mails.totalConnections], ['give-up', 0]);
});

test('a stop breaks an attempt off, at every step', async (t) => {
  for (const at of ['greeting', 'sender', 'recipient', 'end'] as const) {
    const stop = new AbortController();
    const mails = await startMailServer(t, { faults: [{ at, does: 'hang' }], onFault: () => stop.abort() });
    const outcome = await senderFor(t, mails).send(aMail(), stop.signal);
    assert.deepEqual([outcome.ok, outcome.next], [false, at === 'end' ? 'give-up' : 'retry'], at);
    assert.match(outcome.result, at === 'end' ? /^unknown: / : /^stopped$/);
    await mails.whenIdle();
  }
});

test('a stop while the hand-over is being written down keeps the end back', async (t) => {
  const mails = await startMailServer(t);
  const stop = new AbortController();
  const outcome = await senderFor(t, mails).send(aMail({ onHandOver: async () => stop.abort() }), stop.signal);
  assert.deepEqual([outcome.ok, outcome.next, outcome.result], [false, 'retry', 'stopped']);
  await mails.whenIdle();
  assert.equal(mails.received.length, 0);
  const late = await senderFor(t, mails).send(aMail(), stop.signal);
  assert.deepEqual([late.next, late.result], ['retry', 'stopped']);
  await senderFor(t, mails).send(aMail(), NEVER);
  assert.equal(mails.totalConnections, 2, 'stopped before it began, it never connected');
});

test('closing the sender ends what is under way', async (t) => {
  const begun = Promise.withResolvers<void>();
  const mails = await startMailServer(t, { faults: [{ at: 'sender', does: 'hang' }], onFault: () => begun.resolve() });
  const sender = senderFor(t, mails);
  const outcome = sender.send(aMail(), NEVER);
  await begun.promise;
  await sender.close();
  assert.equal((await outcome).next, 'retry');
  await mails.whenIdle();
});

test('a server that speaks something else is a fault, not a crash', async (t) => {
  const web = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  t.after(() => web.close());
  const address = web.address();
  assert.ok(address !== null && typeof address === 'object');
  const server = { host: '127.0.0.1', port: address.port, implicitTls: false, requireTls: false, login: null };
  const outcome = await new MailSender({ server, from: FROM }).send(aMail(), NEVER);
  assert.deepEqual([outcome.ok, outcome.next], [false, 'retry']);
});
