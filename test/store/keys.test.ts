import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { csvKey, imageKey, isSafeKey, slugOf } from '../../src/store/keys.ts';

const parts = { requestId: '0198f0c2', row: 3, n: 2, format: 'jpeg' } as const;

describe('keys', () => {
  test('follow the layout of the contract', () => {
    assert.equal(
      imageKey({ ...parts, url: 'https://shop.example/p/Red%20Shoe.JPG?w=900#x' }),
      'images/0198f0c2/3-2-red-shoe-output.jpg',
    );
    assert.equal(csvKey('0198f0c2', 'output'), 'csvfile/0198f0c2_output.csv');
    assert.equal(csvKey('0198f0c2', 'errors'), 'csvfile/0198f0c2_errors.csv');
    assert.equal(csvKey('0198f0c2', 'report'), 'csvfile/0198f0c2_report.csv');
  });

  const slugs: readonly (readonly [string, string])[] = [
    ['https://a.example/x/IMG_0001.jpeg', 'img-0001'],
    ['https://a.example/Caf%C3%A9%20No.%201.png', 'cafe-no-1'],
    ['https://a.example/%E9%9D%B4.jpg', 'image'],
    ['https://a.example/', 'image'],
    ['https://a.example/dir/', 'dir'],
    ['https://a.example/photo', 'photo'],
    ['https://a.example/a.tar.gz', 'a-tar'],
    ['https://a.example/..%2f..%2fetc%2fpasswd', 'etc-passwd'],
    ['https://a.example/%ff%zz.jpg', 'ff-zz'],
    ['https://a.example/CON.jpg', 'con'],
    [`https://a.example/${'long-'.repeat(40)}.jpg`, 'long-'.repeat(12).slice(0, -1)],
    ['not an address', 'not-an-address'],
    ['', 'image'],
  ];
  for (const [url, slug] of slugs) test(`slug of ${url.slice(0, 50)}`, () => assert.equal(slugOf(url), slug));

  test('any text at all gives a safe key', () => {
    const anyUrl = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(anyUrl, fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 100 }), (url, row, n) => {
        const key = imageKey({ ...parts, url, row, n });
        assert.ok(isSafeKey(key), key);
        assert.match(key, /^images\/0198f0c2\/\d+-\d+-[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?-output\.jpg$/);
      }),
      { numRuns: 1000 },
    );
  });

  test('different places in the CSV never share a key', () => {
    const place = fc.record({ row: fc.integer({ min: 1, max: 120 }), n: fc.integer({ min: 1, max: 120 }) });
    // Names that look like our own counters are the ones that could collide.
    const name = fc.constantFrom('1-1', '1', '-1', '1-1-1-output', '11-1-a', 'output', '2-');
    fc.assert(
      fc.property(place, place, name, name, (a, b, nameA, nameB) => {
        fc.pre(a.row !== b.row || a.n !== b.n);
        const keyOf = (at: { row: number; n: number }, file: string) =>
          imageKey({ ...parts, ...at, url: `https://a.example/${file}.png` });
        assert.notEqual(keyOf(a, nameA), keyOf(b, nameB));
      }),
      { numRuns: 1000 },
    );
  });

  test('unsafe keys are told from safe ones', () => {
    for (const key of ['images/a/b.jpg', 'csvfile/x_output.csv', 'a/b']) assert.ok(isSafeKey(key), key);
    const unsafe = [
      'a',
      '/a/b',
      'a/',
      'a//b',
      'a/../b',
      './a',
      'a/.b',
      'a/b.',
      'a/b\n',
      'a\\b/c',
      'C:/x',
      'a/b c',
      'a/é',
    ];
    for (const key of unsafe) assert.ok(!isSafeKey(key), key);
  });

  test('a request id that is no name is refused', () => {
    for (const requestId of ['', '..', 'a/../b', 'a\0']) {
      assert.throws(() => imageKey({ ...parts, requestId, url: 'https://a.example/x.png' }), TypeError);
      assert.throws(() => csvKey(requestId === '' ? '/' : requestId, 'output'), TypeError);
    }
  });
});
