import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { FLOOR_SCORE } from '../../src/compress/judge.ts';
import { type CompressOptions, DEFAULT_OPTIONS } from '../../src/core/options.ts';
import { jpegWithGps } from '../helpers/odd-pictures.ts';
import { encoded, type PictureKind, picture, toSharp } from '../helpers/pictures.ts';

const compress = async (source: Buffer, options: Partial<CompressOptions> = {}) => {
  const result = await compressImage(source, await inspectImage(source), { ...DEFAULT_OPTIONS, ...options });
  const header = await sharp(result.bytes).metadata();
  assert.equal(header.format === 'heif' ? 'avif' : header.format, result.format, 'it is what the receipt says');
  assert.deepEqual([header.autoOrient.width, header.autoOrient.height], [result.width, result.height]);
  await sharp(result.bytes, { failOn: 'warning' }).stats();
  assert.ok(result.bytes.length <= source.length, 'never larger than the source');
  const isOriginal = result.encodes === 0 || result.outcome === 'kept_original';
  assert.match(result.engine, isOriginal ? /^none$/ : /^(?:sharp|halve-jpeg|halve-gif)$/);
  return { ...result, ratio: result.bytes.length / source.length };
};

const photo = picture({ width: 640, height: 480, seed: 3 });

describe('compressImage to a target', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    for (const kind of ['photo', 'flat', 'noise', 'gradient'] satisfies PictureKind[]) {
      test(`${format} of ${kind}: at most half, or a receipt that says why not`, async () => {
        const size = format === 'avif' ? 160 : 320;
        const source = await encoded(picture({ width: size, height: size, seed: 9, kind }), format, { quality: 88 });
        const { outcome, ratio, encodes, score } = await compress(source);
        if (outcome === 'met' || outcome === 'visually_lossless') assert.ok(ratio <= 0.5, `${ratio}`);
        else assert.ok(ratio > 0.5 && (outcome === 'kept_original' || ratio < 0.95), `${outcome} ${ratio}`);
        assert.ok(encodes <= 9);
        assert.ok(score === null || score >= FLOOR_SCORE, `score ${score}`);
      });
    }
  }

  test('what the JPEG engine made is kept when it comes again, unless more than bytes is asked for', async () => {
    const first = await compress(await encoded(photo, 'jpeg', { quality: 92 }));
    assert.equal(first.engine, 'halve-jpeg');
    const again = await compress(first.bytes);
    assert.equal(again.outcome, 'kept_original');
    assert.deepEqual(again.bytes, first.bytes, 'with its mark, so that it is known a third time, too');
    assert.equal((await compress(first.bytes, { quality: 30 })).outcome, 'met');
    assert.notEqual((await compress(first.bytes, { maxWidth: 320 })).outcome, 'kept_original');

    const cut = first.bytes.subarray(0, first.bytes.length - 5_000);
    const options = { ...DEFAULT_OPTIONS, tolerant: true };
    const { outcome } = await compressImage(cut, await inspectImage(cut, options), options);
    assert.notEqual(outcome, 'kept_original', 'what there is of it is taken');
  });

  test('ordinary JPEGs come within 47.5–50 % in few encodes', async () => {
    let [encodes, inWindow] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const source = await encoded(picture({ width: 900, height: 600, seed }), 'jpeg', { quality: 86 + seed });
      const result = await compress(source);
      encodes += result.encodes;
      if (result.outcome === 'visually_lossless' || result.ratio > 0.475) inWindow += 1;
      assert.ok(result.ratio <= 0.5 && result.quality !== null && result.quality >= 40);
    }
    assert.ok(encodes / 8 <= 2.3, `${encodes / 8} encodes on average`);
    assert.ok(inWindow >= 7, `${inWindow} of 8 in the window`);
  });

  test('other targets are met as well', async () => {
    const source = await encoded(photo, 'jpeg', { quality: 92 });
    for (const target of [0.35, 0.6, 0.8]) {
      const { ratio, outcome } = await compress(source, { target });
      assert.ok(ratio <= target, `${outcome} ${ratio}`);
      if (outcome === 'met') assert.ok(ratio > target * 0.93);
    }
  });

  test('a wasteful source stops when nobody sees a difference', async () => {
    const { outcome, quality, ratio } = await compress(
      await encoded(photo, 'jpeg', { quality: 100, chromaSubsampling: '4:4:4' }),
    );
    assert.deepEqual([outcome, quality], ['visually_lossless', 90]);
    assert.ok(ratio < 0.5);
  });

  test('a tight source stops at the floor, or stays as it is', async () => {
    const tight = await encoded(photo, 'jpeg', { quality: 45, mozjpeg: true });
    const { outcome, quality, ratio } = await compress(tight);
    assert.ok(
      outcome === 'kept_original' || (outcome === 'floor' && quality !== null && ratio > 0.5 && ratio < 0.95),
      `${outcome} ${ratio}`,
    );
    const tiny = await encoded(picture({ width: 1, height: 1 }), 'png');
    assert.equal((await compress(tiny)).width, 1);
  });

  test('metadata that is most of the file is all that goes', async () => {
    const small = await encoded(picture({ width: 64, height: 64 }), 'jpeg');
    const withTail = Buffer.concat([small, Buffer.alloc(small.length * 2)]);
    const { outcome, encodes, engine, bytes } = await compress(withTail);
    assert.deepEqual([outcome, encodes, engine], ['met', 0, 'none']);
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), await sharp(small).raw().toBuffer());
  });

  test('few colours in a PNG stay exact', async () => {
    const source = await toSharp(picture({ width: 400, height: 300, kind: 'flat' }))
      .png({ compressionLevel: 0 })
      .toBuffer();
    const { bytes, outcome, quality } = await compress(source);
    assert.deepEqual([outcome, quality], ['met', null]);
    assert.deepEqual(await sharp(bytes).removeAlpha().raw().toBuffer(), await sharp(source).raw().toBuffer());
  });

  test('a palette that would show bands is refused', async () => {
    // A sky: no two neighbours differ by more than one, and there are far more than 256 colours.
    const data = Buffer.alloc(500 * 400 * 3);
    for (let i = 0; i < data.length / 3; i++) {
      const [x, y] = [(i % 500) / 500, Math.floor(i / 500) / 400];
      data.set([40 + 120 * x * y, 90 + 100 * y, 160 + 90 * x], 3 * i);
    }
    const sky = toSharp({ data, width: 500, height: 400, channels: 3 });
    const source = await sky.png({ adaptiveFiltering: true, compressionLevel: 9 }).toBuffer();
    const { outcome, bytes } = await compress(source);
    assert.equal(outcome, 'kept_original');
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), await sharp(source).raw().toBuffer());
  });

  test('nothing of where a photo was taken is left, however it ends', async () => {
    for (const quality of [30, 90]) {
      const source = await jpegWithGps(photo, quality);
      const { bytes, outcome } = await compress(source, { target: 0.45 });
      assert.equal((await sharp(bytes).metadata()).exif, undefined, outcome);
      assert.ok(!bytes.includes('Secret'));
    }
  });

  test('the same input and options give the same bytes', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const source = await encoded(picture({ width: 200, height: 160, seed: 5 }), format);
      assert.deepEqual((await compress(source)).bytes, (await compress(source)).bytes, format);
    }
  });
});

describe('compressImage to a quality', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    test(`${format}: one encode`, async () => {
      const source = await encoded(picture({ width: 200, height: 160 }), format, { quality: 95 });
      const { encodes, quality, outcome } = await compress(source, { quality: 50 });
      assert.equal(encodes, 1);
      if (outcome === 'met') assert.equal(quality, format === 'gif' ? null : 50);
      else assert.equal(outcome, 'kept_original');
    });
  }

  test('lower quality, fewer bytes; a quality above the source keeps the source', async () => {
    const source = await encoded(photo, 'jpeg', { quality: 80 });
    const [low, high] = [await compress(source, { quality: 20 }), await compress(source, { quality: 60 })];
    assert.ok(low.bytes.length < high.bytes.length);
    assert.equal((await compress(source, { quality: 100 })).outcome, 'kept_original');
  });
});
