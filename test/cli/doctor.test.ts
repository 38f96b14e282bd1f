import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { startMailServer } from '../helpers/mail-server.ts';
import { runCli } from '../helpers/run-cli.ts';
import { freshFolder } from '../helpers/temp-folder.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

interface Finding {
  readonly name: string;
  readonly result: string;
  readonly detail: string;
}

test('what is set is tried for real, what is not set is off', async (t) => {
  const folder = await freshFolder(t);
  const base = { HALVE_DATA_DIR: join(folder, 'data') };
  const findings = async (
    settings: Record<string, string>,
  ): Promise<{ code: number | null; found: Map<string, Finding> }> => {
    const { code, stdout, stderr } = await runCli(t, ['doctor', '--json'], { ...base, ...settings });
    const { ok, checks } = JSON.parse(stdout || stderr) as { ok: boolean; checks: Finding[] };
    assert.equal(ok, code === 0);
    return { code, found: new Map(checks.map((check) => [check.name, check])) };
  };
  const plain = await findings({});
  assert.equal(plain.code, 0);
  assert.equal(plain.found.get('Mail server')?.result, 'off');
  assert.equal(plain.found.get('Outside processor')?.result, 'off');
  assert.match(plain.found.get('Webhook secret')?.detail ?? '', /kept in the data folder/);

  const mails = await startMailServer(t, { login: { user: 'halve', password: 'se/cret' } });
  const processor = await startReceiver(t);
  processor.answer = () => ({ status: 400 });
  const settings = {
    HALVE_SMTP_URL: mails.url,
    HALVE_MAIL_FROM: 'Halve <halve@shop.example>',
    HALVE_PROCESSOR_URL: processor.url,
    HALVE_WEBHOOK_SECRET: newWebhookSecret(),
  };
  const well = await findings(settings);
  assert.equal(well.code, 0, JSON.stringify([...well.found.values()]));
  assert.match(
    well.found.get('Mail server')?.detail ?? '',
    /127\.0\.0\.1:\d+ took the login; e-mails come from halve@shop/,
  );
  assert.match(well.found.get('Outside processor')?.detail ?? '', /took our signature \(400 Bad Request\)/);
  assert.equal(well.found.get('Webhook secret')?.detail, '1 secret in HALVE_WEBHOOK_SECRET');
  assert.equal(mails.received.length, 0, 'no mail is sent');

  processor.answer = () => ({ status: 401 });
  const ill = await findings({ ...settings, HALVE_SMTP_URL: mails.url.replace('se%2Fcret', 'wrong') });
  assert.equal(ill.code, 1);
  assert.equal(ill.found.get('Mail server')?.result, 'fault');
  assert.ok(!(ill.found.get('Mail server')?.detail ?? '').includes('wrong'), 'no password');
  assert.match(ill.found.get('Outside processor')?.detail ?? '', /401 Unauthorized: it does not take our signature/);
});

test('in words: a line for each check, and what to do next', async (t) => {
  const folder = await freshFolder(t);
  const settings = { HALVE_DATA_DIR: join(folder, 'data'), HALVE_PROCESSOR_URL: 'http://127.0.0.1:9/process' };
  const { code, stdout } = await runCli(t, ['doctor'], settings);
  assert.equal(code, 1);
  assert.match(stdout, /^off {3}Mail server: HALVE_SMTP_URL is not set/m);
  assert.match(stdout, /^FAULT Outside processor: /m);
  assert.match(stdout, /One fault was found\.\n$/);
  assert.equal((await runCli(t, ['doctor', 'now'])).code, 1);
});
