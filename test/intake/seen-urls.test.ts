import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SeenUrls } from '../../src/intake/seen-urls.ts';

test('finds every repeated address, and points at its first image', () => {
  fc.assert(
    fc.property(fc.array(fc.webUrl(), { maxLength: 50 }), fc.array(fc.nat(49), { maxLength: 200 }), (pool, picks) => {
      const urls = picks.flatMap((pick) => pool[pick] ?? []);
      const seen = new SeenUrls(urls.length);
      const firsts = new Map<string, number>();
      for (const [index, url] of urls.entries()) {
        const ordinal = index + 1;
        const first = firsts.get(url);
        const repeat = seen.add(url, ordinal);
        if (first === undefined) firsts.set(url, ordinal);
        // A collision may name another image; the texts are compared afterwards. A true repeat must never be missed.
        else assert.deepEqual(repeat, { ordinal, first });
      }
    }),
  );
});

test('tells hundreds of thousands of similar addresses apart', () => {
  const count = 300_000;
  const seen = new SeenUrls(count);
  let collisions = 0;
  for (let i = 1; i <= count; i += 1) {
    if (seen.add(`https://img.example/catalogue/2026/product-${i}.jpg`, i) !== null) collisions += 1;
  }
  assert.ok(collisions < 10, `${collisions} collisions`);
});
