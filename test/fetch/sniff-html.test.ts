import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { looksLikeHtml, sniffHtml } from '../../src/fetch/sniff-html.ts';

const page = (text: string, contentType: string | null = null) => sniffHtml(Buffer.from(text), contentType);

test('recognises web pages however they begin', () => {
  for (const start of [
    '<!DOCTYPE html>',
    '<html>',
    '\n\t <HTML lang="en">',
    '\ufeff<html>',
    '<!-- x --> <head>',
    '<p>',
  ]) {
    assert.deepEqual(page(`${start}<title>Sign in</title>`), { title: 'Sign in' }, start);
  }
});

test('takes no image and no other text for a web page', () => {
  const starts = [
    '\xff\xd8\xff\xe0',
    '\x89PNG\r\n\x1a\n',
    'GIF89a',
    'RIFF\0\0\0\0WEBP',
    '<svg xmlns="x"><title>a</title>',
  ];
  for (const start of [
    ...starts,
    '<?xml version="1.0"?><svg/>',
    '<!-- logo --><svg>',
    '{"error":"x"}',
    '<',
    '',
    'html',
  ]) {
    assert.equal(sniffHtml(Buffer.from(start, 'latin1'), 'text/html'), null, start);
  }
});

test('the title is one short line of plain text', () => {
  const title = (text: string, contentType?: string) => page(`<html><title>${text}</title>`, contentType)?.title;
  assert.equal(title('  Google&nbsp;Drive \n&#8211; Virus &amp; scan&#x20; '), 'Google Drive – Virus & scan');
  assert.equal(title('a\u0000b\u202ec'), 'a b c');
  assert.equal(title('&bogus; &#99999999; &#x110000;'), '&bogus; &#99999999; &#x110000;');
  assert.equal(title('x'.repeat(500)), `${'x'.repeat(79)}…`);
  assert.equal(title(' &nbsp; '), null);
  assert.equal(page('<html><title>never closed')?.title, null);
  assert.equal(title('café', 'text/html; charset=no-such'), 'café');
  const latin1 = Buffer.from('<html><title>café</title>', 'latin1');
  assert.equal(sniffHtml(latin1, 'text/html; charset=iso-8859-1')?.title, 'café');
});

test('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (bytes, contentType) => {
      const html = Buffer.concat([Buffer.from('<html><title>'), bytes]);
      assert.equal(looksLikeHtml(html), true);
      assert.notEqual(sniffHtml(html, contentType), null);
    }),
  );
});
