import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sniffFormat } from '../../src/compress/sniff-format.ts';
import { encoded, picture } from '../helpers/pictures.ts';

const bytes = (text: string) => Buffer.from(text.padEnd(40, '\0'), 'latin1');
const nameOf = (source: Buffer) => {
  const sniffed = sniffFormat(source);
  return sniffed.kind === 'image' ? sniffed.format : sniffed.kind === 'refused' ? sniffed.name : 'unknown';
};

describe('sniffFormat', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    test(`knows ${format}`, async () => {
      const file = await encoded(picture({ width: 32, height: 32 }), format);
      assert.equal(nameOf(file), format);
      assert.equal(nameOf(file.subarray(0, 40)), format, 'the first bytes are enough');
    });
  }

  const others: readonly (readonly [string, string])[] = [
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg">'],
    ['SVG', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made -->\n<!-- by hand --><SVG>'],
    ['SVG', '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN">'],
    ['PDF', '%PDF-1.7'],
    ['TIFF', 'II*\0'],
    ['TIFF', 'MM\0*'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0heicmif1'],
    ['HEIC', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic'],
    ['video', '\0\0\0\x18ftypisom\0\0\0\0isommp42'],
    ['JPEG XL', '\xff\x0a'],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['Photoshop (PSD)', '8BPS'],
    ['BMP', 'BM\x46\0\0\0\0\0\0\0'],
    ['icon (ICO)', '\0\0\x01\0\x01\0'],
    ['ZIP', 'PK\x03\x04'],
    ['SVG', '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><svg>'],
    ['camera raw', 'II*\0\x10\0\0\0CR\x02\0'],
    ['JPEG XR', 'II\xbc\x01'],
    ['PNM', 'P6\n640 480\n255\n'],
    ['RAR', 'Rar!\x1a\x07'],
    ['gzip', '\x1f\x8b\x08'],
    ['video', 'RIFF\0\0\0\0AVI LIST'],
  ];
  for (const [name, head] of others)
    test(`names ${name}: ${JSON.stringify(head.slice(0, 24))}`, () => assert.equal(nameOf(bytes(head)), name));

  test('an AVIF with the generic major brand is an AVIF', () => {
    assert.equal(nameOf(bytes('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf')), 'avif');
  });

  test('each is told with what to do about it', () => {
    for (const [, head] of others) {
      const sniffed = sniffFormat(bytes(head));
      assert.ok(sniffed.kind === 'refused');
      assert.match(sniffed.hint, /^[A-Z].*\.$/);
    }
  });

  test('pages, text and nothing are no images', () => {
    for (const head of [
      '',
      '<!DOCTYPE html><html>',
      '{"error":"not found"}',
      '<html><svg>',
      '<!DOCTYPE html><body><svg>',
      'GIF8',
      '\xff\xd8',
      'RIFF....WAVE',
    ]) {
      assert.equal(sniffFormat(Buffer.from(head, 'latin1')).kind, 'unknown', head);
    }
  });

  test('any bytes are answered, also comments made to keep a parser busy', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (data) => void sniffFormat(Buffer.from(data))));
    assert.equal(sniffFormat(Buffer.from('<!---->'.repeat(400))).kind, 'unknown');
  });
});
