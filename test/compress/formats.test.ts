import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { compressImage } from '../../src/compress/compress-image.ts';
import { isLosslessWebp } from '../../src/compress/compress-webp.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { FLOOR_SCORE, judgeOf } from '../../src/compress/judge.ts';
import { readRgba } from '../../src/compress/sharp.ts';
import { type CompressOptions, DEFAULT_OPTIONS } from '../../src/core/options.ts';
import { animated, deepPng } from '../helpers/odd-pictures.ts';
import { encoded, gray, picture, toSharp } from '../helpers/pictures.ts';

const compress = async (source: Buffer, options: Partial<CompressOptions> = {}) => {
  const result = await compressImage(source, await inspectImage(source), { ...DEFAULT_OPTIONS, ...options });
  await sharp(result.bytes, { animated: true, failOn: 'warning' }).stats();
  return { ...result, ratio: result.bytes.length / source.length };
};
const pixels = (file: Buffer) => sharp(file, { animated: true, ignoreIcc: true }).ensureAlpha().raw().toBuffer();
const scoreOf = async (a: Buffer, b: Buffer) => judgeOf(await readRgba(a)).score(await readRgba(b)) ?? 0;

const photo = picture({ width: 320, height: 240, seed: 4 });

describe('PNG', () => {
  test('a photograph gets a palette, scored, and stays PNG', async () => {
    const source = await encoded(photo, 'png');
    const { outcome, format, score, ratio, bytes } = await compress(source);
    assert.deepEqual([outcome, format], ['met', 'png']);
    assert.ok(score !== null && score >= FLOOR_SCORE && ratio <= 0.5);
    assert.ok(Math.abs((await scoreOf(source, bytes)) - score) < 1e-9, 'the receipt tells the score of the file');
    assert.equal((await sharp(bytes).metadata()).isPalette, true);
  });

  test('a smooth surface keeps its shades, or stays as it is', async () => {
    const source = await sharp(await encoded(picture({ width: 400, height: 300, kind: 'gradient' }), 'png'))
      .blur(3)
      .png()
      .toBuffer();
    for (const target of [0.5, 0.1]) {
      const { bytes } = await compress(source, { target });
      assert.ok((await scoreOf(source, bytes)) >= FLOOR_SCORE);
    }
  });

  test('lettering on flat colours is packed without loss, even with more than 256 colours', async () => {
    const flat = picture({ width: 400, height: 300, kind: 'flat' });
    const data = Buffer.from(flat.data);
    // A slope of 300 colours along one edge.
    for (let x = 0; x < 300; x++) data.fill(x & 255, x * 3, x * 3 + (x > 255 ? 2 : 3));
    const source = await toSharp({ ...flat, data })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const { outcome, quality, bytes } = await compress(source);
    assert.deepEqual([outcome, quality], ['met', null]);
    assert.deepEqual(await pixels(bytes), await pixels(source));
  });

  test('gray with transparency keeps both', async () => {
    const shades = gray(photo).data;
    const two = Buffer.alloc(2 * shades.length);
    for (let i = 0; i < shades.length; i++) {
      two[2 * i] = shades[i] ?? 0;
      two[2 * i + 1] = i % 256;
    }
    const source = await sharp(two, { raw: { width: 320, height: 240, channels: 2 } })
      .toColourspace('b-w')
      .png({ compressionLevel: 0 })
      .toBuffer();
    for (const format of ['same', 'webp', 'avif', 'auto'] as const) {
      const { bytes, ratio } = await compress(source, { format });
      assert.ok(ratio <= 0.5, format);
      const [a, b] = [await pixels(source), await pixels(bytes)];
      for (let i = 3; i < a.length; i += 4) assert.ok(Math.abs((a[i] ?? 0) - (b[i] ?? 0)) <= 3, `${format}: alpha`);
      assert.ok((await scoreOf(source, bytes)) >= FLOOR_SCORE, format);
    }
  });

  test('16 bits that become 8 are told', async () => {
    const deep = await deepPng(photo);
    for (const options of [{}, { format: 'webp' }, { quality: 60 }] as const) {
      assert.match((await compress(deep, options)).note ?? '', /more than 8 bits/);
    }
    const simple = toSharp(picture({ width: 200, height: 100, kind: 'flat' })).toColourspace('rgb16');
    assert.equal((await compress(await simple.png({ compressionLevel: 0 }).toBuffer())).note, null);
  });
});

describe('WebP', () => {
  test('a lossless drawing is packed without loss where that is enough', async () => {
    const flat = toSharp(picture({ width: 400, height: 300, kind: 'flat' }));
    const wasteful = await flat.webp({ lossless: true, effort: 0 }).toBuffer();
    assert.ok(isLosslessWebp(wasteful));
    const target = 0.9;
    const { bytes, quality } = await compress(wasteful, { target });
    assert.equal(quality, null);
    assert.deepEqual(await pixels(bytes), await pixels(wasteful));
    const fromPng = await compress(await flat.png({ compressionLevel: 0 }).toBuffer(), { format: 'webp' });
    assert.ok(isLosslessWebp(fromPng.bytes) && fromPng.outcome === 'met');
  });

  test('lossless and lossy are told apart, in animations, too', async () => {
    const moving = { width: 60, height: 40, delays: [100, 100], loop: 0 };
    assert.equal(isLosslessWebp(await animated('webp', moving, { lossless: true })), true);
    assert.equal(isLosslessWebp(await animated('webp', moving)), false);
    assert.equal(isLosslessWebp(await encoded(picture({ width: 90, height: 60, alpha: true }), 'webp')), false);
    assert.equal(isLosslessWebp(Buffer.from('RIFF')), false);
  });

  test('a photograph that cannot be halved decently is not', async () => {
    const source = await encoded(picture({ width: 480, height: 360, seed: 8 }), 'webp', { quality: 60 });
    const { outcome, bytes, score, ratio } = await compress(source);
    assert.ok(outcome === 'floor' || outcome === 'kept_original', outcome);
    assert.ok((await scoreOf(source, bytes)) >= FLOOR_SCORE);
    if (outcome === 'floor') assert.ok(score !== null && ratio > 0.5 && ratio <= 0.8);
  });
});

describe('our own outputs', () => {
  for (const format of ['png', 'webp', 'avif', 'gif'] as const) {
    test(`${format}: a second time keeps them, and none falls under the floor`, async () => {
      const source = await encoded(photo, format, format === 'gif' || format === 'png' ? {} : { quality: 75 });
      const once = await compress(source);
      const twice = await compress(once.bytes);
      if (once.outcome === 'met' && twice.outcome !== 'kept_original') {
        assert.ok((await scoreOf(once.bytes, twice.bytes)) >= FLOOR_SCORE);
      }
      const thrice = await compress(twice.bytes);
      assert.equal(thrice.outcome, 'kept_original', `${once.outcome}, ${twice.outcome}, ${thrice.outcome}`);
    });
  }
});

describe('tiny pictures', () => {
  for (const format of ['png', 'webp', 'gif'] as const) {
    test(`${format} of 48 × 48 loses nothing`, async () => {
      const lossless = format === 'webp' ? { lossless: true } : {};
      const source = await encoded(picture({ width: 48, height: 48 }), format, lossless);
      const { bytes, quality } = await compress(source);
      assert.equal(quality, null);
      assert.deepEqual(await pixels(bytes), await pixels(source));
    });
  }

  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    test(`lossy ${format} of 48 × 48 is kept`, async () => {
      const source = await encoded(picture({ width: 48, height: 48 }), format, { quality: 95 });
      const { bytes, outcome } = await compress(source);
      assert.ok(outcome === 'kept_original' || outcome === 'met');
      assert.deepEqual(await pixels(bytes), await pixels(source));
    });
  }
});

describe('GIF', () => {
  test('photographs are halved, still and moving', async () => {
    const still = await compress(await encoded(photo, 'gif'));
    assert.deepEqual([still.outcome, still.engine, still.quality], ['met', 'halve-gif', null]);
    assert.ok(still.ratio <= 0.5 && still.ratio > 0.45);
    const moving = await compress(await animated('gif', { width: 160, height: 120, delays: [80, 120, 90], loop: 2 }));
    assert.equal(moving.outcome, 'met');
    const { pages, delay, loop } = await sharp(moving.bytes, { animated: true }).metadata();
    assert.deepEqual([pages, delay, loop], [3, [80, 120, 90], 2]);
  });

  test('a large one is searched on a part of it', async () => {
    const source = await encoded(picture({ width: 1600, height: 1000 }), 'gif', { effort: 1 });
    const { outcome, ratio, encodes } = await compress(source);
    assert.ok(outcome === 'met' && ratio <= 0.5, `${outcome} ${ratio}`);
    assert.ok(encodes <= 4, `${encodes} encodes`);
  });

  test('what is too large to be written is kept, and the receipt says why', async () => {
    const delays = Array.from({ length: 12 }, () => 100);
    const frame = Buffer.alloc(1000 * 1000 * delays.length * 3, 200);
    const raw = { width: 1000, height: 1000 * delays.length, channels: 3 as const, pageHeight: 1000 };
    const source = await sharp(frame, { raw }).gif({ delay: delays, keepDuplicateFrames: true, effort: 1 }).toBuffer();
    const { outcome, note } = await compress(source, { maxWidth: 990 });
    assert.equal(outcome, 'kept_original');
    assert.match(note ?? '', /^Kept as it was: an animation of 11\.8 megapixels .* limit is 10\.$/);
  });
});
