import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitUrls } from '../../src/catalogue/split-urls.ts';

const CASES: readonly (readonly [what: string, cell: string, slots: readonly string[]])[] = [
  ['nothing', '  ', []],
  ['one address', ' https://a/1.jpg ', ['https://a/1.jpg']],
  ['commas', 'https://a/1,https://a/2', ['https://a/1', 'https://a/2']],
  [
    'every separator, with spaces',
    'http://a | HTTP://b;https://c , https://d\n https://e\r\nhttps://f',
    ['http://a', 'HTTP://b', 'https://c', 'https://d', 'https://e', 'https://f'],
  ],
  ['comma and line break are one separator', 'https://a,\nhttps://b', ['https://a', 'https://b']],
  [
    'commas inside an address (WooCommerce #24110)',
    'https://cdn.x/w_100,h_200/a.jpg, https://cdn.x/b,c.jpg',
    ['https://cdn.x/w_100,h_200/a.jpg', 'https://cdn.x/b,c.jpg'],
  ],
  ['semicolon and pipe inside an address', 'https://a/x;v=1|2', ['https://a/x;v=1|2']],
  ['an address inside an address', 'https://cdn/fetch/https://b/a.jpg', ['https://cdn/fetch/https://b/a.jpg']],
  ['empty place in the middle', 'https://a,,https://b', ['https://a', '', 'https://b']],
  ['two empty places, with spaces', 'https://a, ,;https://b', ['https://a', '', '', 'https://b']],
  ['empty place in front', ',https://b', ['', 'https://b']],
  ['separators at the end are no place', 'https://a,https://b, ;', ['https://a', 'https://b']],
  ['only separators', ' ,;| ', []],
  ['text before an address is a place of its own', 'foo, https://a', ['foo', 'https://a']],
  ['text behind an address belongs to it', 'https://a,foo', ['https://a,foo']],
  ['no address at all', 'foo, bar', ['foo, bar']],
  ['a space in an address', 'https://a/my photo.jpg', ['https://a/my photo.jpg']],
  ['spaces between addresses', 'https://a/1 https://a/2', ['https://a/1', 'https://a/2']],
];

describe('splitUrls', () => {
  for (const [what, cell, slots] of CASES) test(what, () => assert.deepEqual(splitUrls(cell), slots));

  test('finds again what was joined with any separator', () => {
    const url = fc.string({ unit: fc.constantFrom(...'ab,;|/ü. '), maxLength: 12 }).map((path) => `https://h/${path}x`);
    const separator = fc.constantFrom(',', ' ; ', '|', '\n', ',\r\n', ' ');
    fc.assert(
      fc.property(fc.array(url, { minLength: 1 }), separator, (urls, between) => {
        assert.deepEqual(splitUrls(urls.join(between)), urls);
      }),
    );
  });

  test('takes 64 kB of spaces and separators without delay', () => {
    const filler = ' '.repeat(60_000);
    assert.deepEqual(splitUrls(`https://a${filler}x${filler}https://b`).length, 2);
    assert.equal(splitUrls(`a${','.repeat(60_000)}https://b`).length, 60_001);
  });
});
