import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMailFrom } from '../../src/notify/mail-from.ts';
import { parseSmtpUrl } from '../../src/notify/smtp-url.ts';

test('an address of a mail server is read with its defaults', () => {
  assert.deepEqual(parseSmtpUrl('smtp://me:p%40ss%25@mail.example'), {
    host: 'mail.example',
    port: 587,
    implicitTls: false,
    requireTls: true,
    login: { user: 'me', password: 'p@ss%' },
  });
  assert.deepEqual(parseSmtpUrl('smtps://mail.example'), {
    host: 'mail.example',
    port: 465,
    implicitTls: true,
    requireTls: true,
    login: null,
  });
});

test('only this machine, or an explicit word, goes without encryption', () => {
  const needsTls = (url: string): boolean | undefined => parseSmtpUrl(url)?.requireTls;
  for (const url of [
    'smtp://localhost:25',
    'smtp://127.0.0.1',
    'smtp://[::1]:1025',
    'smtp://mail.example?tls=optional',
  ]) {
    assert.equal(needsTls(url), false, url);
  }
  for (const url of [
    'smtp://127.evil.example',
    'smtp://127.0.0.1.evil.example',
    'smtp://10.0.0.1',
    'smtp://localhost.example',
  ]) {
    assert.equal(needsTls(url), true, url);
  }
});

test('what is no such address is refused, never thrown over', () => {
  for (const url of [
    '',
    'mail.example',
    'http://mail.example',
    'smtp://',
    'smtp://me:100%@mail.example',
    'smtp://me@mail.example',
  ]) {
    assert.equal(parseSmtpUrl(url), null, url);
  }
});

test('a sender is an address, with or without a name', () => {
  assert.deepEqual(parseMailFrom('"Halve, Inc." <halve@shop.example>'), {
    name: 'Halve, Inc.',
    address: 'halve@shop.example',
  });
  for (const text of ['Halve', 'a@b\r\nBcc: c@d', 'Halve\r\n <a@b>', 'a@b, c@d', '<a@b> <c@d>']) {
    assert.equal(parseMailFrom(text), null, text);
  }
});
