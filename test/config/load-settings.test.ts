import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback, loadSettings } from '../../src/config/load-settings.ts';
import { AppError } from '../../src/core/errors.ts';

const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    loadSettings(environment);
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'invalid_settings');
    return error.message.split('\n');
  }
  return [];
};

test('nothing set means the documented defaults', () => {
  const settings = loadSettings({});
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.port, 3000);
  assert.equal(settings.dataDir, './data');
  assert.equal(settings.publicUrl, null);
  assert.equal(settings.workers, null);
  assert.deepEqual(settings.apiKeys, []);
  assert.throws(() => Object.assign(settings, { port: 1 }), TypeError);
});

test('all faults are reported at once, each with its name, what was expected and what came', () => {
  const faults = faultsOf({
    PORT: '99999',
    HALVE_WORKERS: 'many',
    LOG_LEVEL: 'loud',
    HALVE_ALLOW_HOSTS: '10.0.0.0/99',
  });
  assert.equal(faults.length, 4);
  assert.match(faults[0] ?? '', /^PORT: expected a whole number from 0 to 65535, got "99999"$/);
});

test('a secret is never shown', () => {
  const [fault] = faultsOf({ HALVE_API_KEYS: 'shop:short-secret' });
  assert.match(fault ?? '', /^HALVE_API_KEYS: expected name:key/);
  assert.doesNotMatch(fault ?? '', /short-secret/);
});

test('listening for other machines needs keys', () => {
  assert.match(faultsOf({ HOST: '0.0.0.0' })[0] ?? '', /HALVE_API_KEYS/);
  const open = loadSettings({ HOST: '0.0.0.0', HALVE_API_KEYS: 'shop:0123456789abcdef' });
  assert.deepEqual(open.apiKeys, [{ name: 'shop', key: '0123456789abcdef' }]);
});

test('loopback is recognised in every form', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.evil.example'])
    assert.equal(isLoopback(host), false, host);
});

test('the public address loses its trailing slash and must be plain', () => {
  assert.equal(loadSettings({ HALVE_PUBLIC_URL: 'https://img.example/halve/' }).publicUrl, 'https://img.example/halve');
  assert.equal(faultsOf({ HALVE_PUBLIC_URL: 'https://img.example/?a=1' }).length, 1);
  assert.equal(faultsOf({ HALVE_PUBLIC_URL: 'ftp://img.example' }).length, 1);
});

test('mail needs a server and a sender, and a secret is a secret', () => {
  assert.match(faultsOf({ HALVE_SMTP_URL: 'smtp://mail.example' })[0] ?? '', /^HALVE_MAIL_FROM: expected/);
  assert.match(faultsOf({ HALVE_SMTP_URL: 'https://mail.example' })[0] ?? '', /^HALVE_SMTP_URL: expected smtp:/);
  assert.match(faultsOf({ HALVE_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' })[0] ?? '', /^HALVE_WEBHOOK_SECRET: expected whsec_/);
  const { smtp, mailFrom, webhookSecrets } = loadSettings({
    HALVE_SMTP_URL: 'smtp://me:p%40ss@mail.example',
    HALVE_MAIL_FROM: 'Halve <halve@shop.example>',
    HALVE_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  });
  assert.deepEqual(smtp?.login, { user: 'me', password: 'p@ss' });
  assert.deepEqual([smtp?.port, smtp?.requireTls], [587, true]);
  assert.deepEqual(mailFrom, { name: 'Halve', address: 'halve@shop.example' });
  assert.equal(webhookSecrets?.length, 1);
});

test('a storage address is taken apart', () => {
  const url =
    's3://shop-images/spring?endpoint=http://127.0.0.1:9000/&region=eu-west-1&path_style=1&public_url=https://cdn.example/';
  assert.deepEqual(loadSettings({ HALVE_STORAGE_URL: url }).storageUrl, {
    bucket: 'shop-images',
    prefix: 'spring/',
    endpoint: 'http://127.0.0.1:9000',
    region: 'eu-west-1',
    publicUrl: 'https://cdn.example',
    pathStyle: true,
    acl: null,
    presignSeconds: null,
  });
  for (const bad of [
    's3://',
    's3://UPPER',
    's3://ok/../x y',
    's3://bucket?pathstyle=1',
    's3://bucket?presign=0',
    'gs://b',
  ]) {
    assert.equal(faultsOf({ HALVE_STORAGE_URL: bad }).length, 1, bad);
  }
});
