import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { demoRows, SPECIAL_LINKS } from '../../src/demo/demo-links.ts';
import type { DemoSlug } from '../../src/demo/demo-looks.ts';
import { DEMO_PRODUCTS } from '../../src/demo/demo-products.ts';
import { drawPictures } from '../../src/demo/draw-pictures.ts';
import { makeDemoCatalogue } from '../../src/demo/make-demo-catalogue.ts';
import { readPictureName } from '../../src/demo/picture-name.ts';

/** The fewest products that have every kind of file between them: drawing all forty would take the time of all tests. */
const CHOSEN: readonly DemoSlug[] = [
  'mug-nuit',
  'bowl-clay',
  'bowl-bamboo',
  'vase-raw',
  'bottle-coral',
  'bottle-oil',
  'cactus',
  'shirt-olive',
  'shirt-rose',
  'headphones',
  'stacking-rings',
];
const progress: string[] = [];
const catalogue = await makeDemoCatalogue({
  products: CHOSEN.map((slug) => DEMO_PRODUCTS.findIndex(([each]) => each === slug)),
  onProgress: (drawn, total) => progress.push(`${drawn}/${total}`),
});
const files = [...catalogue.values()];

describe('the pictures of the demo', () => {
  test('come with progress, one product at a time', () => {
    assert.deepEqual(
      progress,
      CHOSEN.map((_, index) => `${index + 1}/${CHOSEN.length}`),
    );
  });

  test('are those their table rows name, in that order', () => {
    const named = CHOSEN.flatMap((slug) => {
      const pictures = DEMO_PRODUCTS.find(([each]) => each === slug)?.[5] ?? [];
      return pictures.map((picture) => readPictureName(slug, picture).path);
    });
    assert.deepEqual([...catalogue.keys()], named);
  });

  test('of the whole table are those the CSV names, and no other', () => {
    const special = new Set(SPECIAL_LINKS.map(({ address }) => address));
    const named = demoRows().flatMap(({ addresses }) => addresses.filter((address) => !special.has(address)));
    const drawn = new Set(
      DEMO_PRODUCTS.flatMap(([slug, , , , , pictures]) =>
        pictures.map((picture) => readPictureName(slug, picture).path),
      ),
    );
    assert.deepEqual(drawn, new Set(named));
    for (const { answer } of SPECIAL_LINKS) {
      if (answer !== null && 'picture' in answer) assert.ok(drawn.has(answer.picture), answer.picture);
    }
  });

  test('are whole, of their content type, and of shop size', async () => {
    for (const { path, bytes, contentType } of files) {
      const { format, mediaType, width, height, pages = 1 } = await sharp(bytes).metadata();
      await sharp(bytes, { failOn: 'warning', animated: true }).stats();
      assert.equal(mediaType ?? `image/${format}`, contentType, path);
      const least = pages > 1 ? 400 : 540;
      assert.ok(Math.max(width, height) >= least && Math.max(width, height) <= 1600, `${path}: ${width} × ${height}`);
    }
  });

  test('come in every kind a catalogue has', async () => {
    const kinds = new Set<string>();
    for (const { bytes } of files) {
      const facts = await sharp(bytes).metadata();
      kinds.add(facts.format);
      if (facts.hasAlpha) kinds.add(`${facts.format} with alpha`);
      if ((facts.pages ?? 1) > 1) kinds.add(`${facts.format} animated`);
      if (facts.isProgressive) kinds.add('progressive');
      if (facts.orientation === 6) kinds.add('turned');
      if (facts.space === 'cmyk') kinds.add('cmyk');
      if (facts.space === 'b-w') kinds.add('gray');
      if (facts.hasProfile === true) kinds.add('profile');
      if (facts.chromaSubsampling === '4:4:4') kinds.add('4:4:4');
      if (facts.isPalette && facts.format === 'png') kinds.add('png with palette');
    }
    const needed = ['jpeg', 'png', 'webp', 'gif', 'heif', 'png with alpha', 'webp with alpha', 'gif animated'];
    const odd = ['webp animated', 'progressive', 'turned', 'cmyk', 'gray', 'profile', '4:4:4', 'png with palette'];
    assert.deepEqual(
      [...needed, ...odd].filter((kind) => !kinds.has(kind)),
      [],
    );
  });

  test('have texture: half the bytes is a quality people use', async () => {
    const jpegs = files.filter(({ path }) => path.endsWith('-front.jpg'));
    assert.ok(jpegs.length >= 6);
    for (const { path, bytes } of jpegs) {
      const source = sharp(bytes).rotate().toColourspace('srgb');
      const [low, high] = await Promise.all(
        [55, 92].map(async (quality) => (await source.clone().jpeg({ quality }).toBuffer()).length),
      );
      assert.ok((low ?? 0) < bytes.length / 2, `${path}: quality 55 is more than half`);
      // CMYK has four channels of which the output keeps three: it shrinks at any quality.
      if (!path.includes('coral')) assert.ok((high ?? 0) > bytes.length / 2, `${path}: quality 92 is less than half`);
    }
  });

  test('are the same every time', async () => {
    const smallest = DEMO_PRODUCTS.find(([slug]) => slug === 'stacking-rings');
    assert.ok(smallest !== undefined);
    const again = await drawPictures(smallest);
    for (const { path, bytes } of again) assert.deepEqual(bytes, catalogue.get(path)?.bytes, path);
    assert.equal(again.length, 2);
  });
});
