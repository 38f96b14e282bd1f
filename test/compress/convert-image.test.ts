import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { judgeOf } from '../../src/compress/judge.ts';
import { readRgba } from '../../src/compress/sharp.ts';
import { type CompressOptions, DEFAULT_OPTIONS } from '../../src/core/options.ts';
import {
  animated,
  apng,
  cmykJpeg,
  deepPng,
  grayJpeg,
  jpegStoredAs,
  p3Jpeg,
  srgbJpeg,
  storedPixels,
} from '../helpers/odd-pictures.ts';
import { encoded, type Picture, picture, toSharp } from '../helpers/pictures.ts';

const compress = async (source: Buffer, options: Partial<CompressOptions> = {}) => {
  const result = await compressImage(source, await inspectImage(source), { ...DEFAULT_OPTIONS, ...options });
  const header = await sharp(result.bytes, { animated: true }).metadata();
  return { ...result, header };
};
const rgb = (file: Buffer) => sharp(file, { ignoreIcc: true }).toColourspace('srgb').removeAlpha().raw().toBuffer();

/** Mean absolute difference of 8-bit samples. */
const difference = (a: Buffer, b: Buffer): number => {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
};

const photo = picture({ width: 240, height: 160, seed: 2 });

/** The same pixels as an upright file, stored turned and with the tag that says how. */
const losslessStoredAs = async (upright: Picture, orientation: number, format: 'png' | 'webp'): Promise<Buffer> => {
  const turned = sharp(await storedPixels(upright, orientation));
  const options = format === 'webp' ? { lossless: true } : { compressionLevel: 0 };
  return turned.toFormat(format, options).withMetadata({ orientation }).toBuffer();
};

describe('what was asked of the picture', () => {
  test('all eight orientations come out upright, alike, and without the tag', async () => {
    for (const options of [{}, { quality: 60 }]) {
      const upright = await rgb((await compress(await jpegStoredAs(photo, 1), options)).bytes);
      for (let orientation = 1; orientation <= 8; orientation++) {
        const { bytes, header, width, height } = await compress(await jpegStoredAs(photo, orientation), options);
        assert.deepEqual([width, height, header.width, header.height], [240, 160, 240, 160]);
        assert.equal(header.orientation, undefined);
        assert.ok(!bytes.includes('Secret'));
        // Not equal to the bit: the source's own JPEG blocks lie differently.
        assert.ok(difference(await rgb(bytes), upright) < 4, `orientation ${orientation}`);
        assert.ok(difference(await rgb(bytes), photo.data) < 8, `orientation ${orientation}`);
      }
    }
  });

  test('all eight orientations of a lossless file give the very same pixels', async () => {
    for (const format of ['png', 'webp'] as const) {
      const stored = (orientation: number) => losslessStoredAs(photo, orientation, format);
      const upright = (await compress(await stored(1), { format: 'png', target: 0.9 })).bytes;
      for (let orientation = 2; orientation <= 8; orientation++) {
        for (const options of [
          { format: 'png', target: 0.9 },
          { format: 'png', maxWidth: 120 },
        ] as const) {
          const { header, bytes } = await compress(await stored(orientation), options);
          assert.equal(header.orientation, undefined);
          if (!('maxWidth' in options))
            assert.deepEqual(await rgb(bytes), await rgb(upright), `${format} ${orientation}`);
          else assert.deepEqual([header.width, header.height], [120, 80]);
        }
      }
    }
  });

  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    test(`${format}: max_width and max_height`, async () => {
      const source = await encoded(picture({ width: 300, height: 200 }), format);
      for (const [options, width, height] of [
        [{ maxWidth: 150 }, 150, 100],
        [{ maxHeight: 50, quality: 60 }, 75, 50],
      ] as const) {
        const { header, width: told, height: toldHeight, bytes } = await compress(source, options);
        assert.deepEqual([header.width, header.height, told, toldHeight], [width, height, width, height]);
        assert.ok(bytes.length <= source.length);
      }
    });
  }

  test('the best format is the one that scores highest within the budget', async () => {
    const source = await encoded(picture({ width: 400, height: 300, seed: 6 }), 'jpeg', { quality: 88 });
    const auto = await compress(source, { format: 'auto' });
    const judge = judgeOf(await readRgba(source));
    const scoreOf = async (file: Buffer) => judge.score(await readRgba(file)) ?? 0;
    const score = await scoreOf(auto.bytes);
    assert.ok(auto.bytes.length <= source.length / 2);
    for (const format of ['same', 'webp'] as const) {
      const other = await compress(source, { format });
      if (other.bytes.length > source.length / 2) continue;
      assert.ok(score >= (await scoreOf(other.bytes)) - 1, `${auto.format} scores ${score}`);
    }
  });

  test('what was asked for and cannot be had is told', async () => {
    const moving = await animated('gif', { width: 96, height: 64, delays: [100, 100], loop: 0 });
    assert.match((await compress(moving, { format: 'jpeg' })).note ?? '', /It stays gif: as jpeg the animation/);
    const jpeg = await encoded(photo, 'jpeg', { quality: 70 });
    assert.match((await compress(jpeg, { format: 'png' })).note ?? '', /As png it would/);
    assert.match((await compress(await apng(photo))).note ?? '', /frames of animated PNG/);
    assert.equal((await compress(jpeg)).note, null);
  });

  test('max_width and max_height shrink to fit and never enlarge', async () => {
    const source = await encoded(picture({ width: 600, height: 300 }), 'jpeg', { quality: 90 });
    for (const [options, width, height] of [
      [{ maxWidth: 200 }, 200, 100],
      [{ maxHeight: 100 }, 200, 100],
      [{ maxWidth: 200, maxHeight: 50 }, 100, 50],
      [{ maxWidth: 5000 }, 600, 300],
      [{ maxWidth: 1 }, 1, 1],
    ] as const) {
      const result = await compress(source, options);
      assert.deepEqual([result.width, result.height], [width, height]);
      assert.deepEqual([result.header.width, result.header.height], [width, height]);
    }
    const sideways = await compress(await jpegStoredAs(picture({ width: 240, height: 120 }), 6), { maxWidth: 120 });
    assert.deepEqual([sideways.header.width, sideways.header.height], [120, 60]);
  });

  test('alpha survives in every format that has it, and lies on white in JPEG', async () => {
    const source = await encoded(picture({ width: 160, height: 120, alpha: true }), 'png');
    const alphaOf = (file: Buffer) => sharp(file).ensureAlpha().extractChannel(3).raw().toBuffer();
    for (const format of ['same', 'webp', 'avif', 'png', 'auto'] as const) {
      const { bytes, header } = await compress(source, { format });
      assert.equal(header.hasAlpha, true, format);
      assert.ok(difference(await alphaOf(bytes), await alphaOf(source)) < 3, format);
    }
    const jpeg = await compress(source, { format: 'jpeg' });
    assert.deepEqual([jpeg.format, jpeg.header.hasAlpha], ['jpeg', false]);
    const corner = (await rgb(jpeg.bytes)).subarray(0, 3);
    assert.ok(
      corner.every((value) => value > 245),
      `the transparent corner is white, not ${[...corner]}`,
    );
  });

  test('the format asked for is given, unless it would be larger', async () => {
    const source = await encoded(photo, 'jpeg', { quality: 92 });
    assert.equal((await compress(source, { format: 'webp' })).format, 'webp');
    assert.equal((await compress(source, { format: 'avif' })).format, 'avif');
    assert.ok(['jpeg', 'webp'].includes((await compress(source, { format: 'auto' })).format));
    const png = await compress(source, { format: 'png' });
    assert.deepEqual([png.format, png.outcome], ['jpeg', 'kept_original']);
    assert.equal((await compress(await encoded(photo, 'png'))).format, 'png', 'a PNG never becomes a JPEG unasked');
  });
});

describe('colours', () => {
  test('a wide profile stays with its pixels', async () => {
    const source = await p3Jpeg(photo);
    for (const options of [{}, { quality: 70 }, { format: 'webp' }, { format: 'png' }] as const) {
      const { bytes, header } = await compress(source, options);
      assert.deepEqual(header.icc, (await sharp(source).metadata()).icc);
      assert.ok(difference(await rgb(bytes), await rgb(source)) < 6);
    }
  });

  test('an sRGB profile goes, and changes nothing', async () => {
    const { bytes, header } = await compress(await srgbJpeg(photo));
    assert.equal(header.hasProfile, false);
    assert.ok(difference(await rgb(bytes), photo.data) < 8);
  });

  test('CMYK becomes sRGB by its profile', async () => {
    const source = await cmykJpeg(photo);
    const { bytes, header } = await compress(source);
    assert.deepEqual([header.space, header.channels, header.hasProfile], ['srgb', 3, false]);
    assert.ok(difference(await rgb(bytes), await sharp(source).toColourspace('srgb').raw().toBuffer()) < 6);
  });

  test('gray stays gray', async () => {
    for (const options of [{}, { quality: 60 }]) {
      assert.equal((await compress(await grayJpeg(photo), options)).header.channels, 1);
    }
    assert.equal((await compress(await grayJpeg(photo), { format: 'webp' })).format, 'webp');
  });

  test('16 bits become 8 only where something is given up anyway', async () => {
    const noisy = await compress(await deepPng(photo));
    assert.deepEqual([noisy.header.depth, noisy.outcome], ['uchar', 'met']);
    const simple = toSharp(picture({ width: 200, height: 100, kind: 'flat' })).toColourspace('rgb16');
    const lossless = await compress(await simple.png({ compressionLevel: 0 }).toBuffer());
    assert.deepEqual([lossless.header.depth, lossless.quality], ['ushort', null]);
  });
});

describe('animations', () => {
  const delays = [100, 200, 50, 400];
  for (const format of ['gif', 'webp'] as const) {
    for (const options of [{}, { format: 'webp' }, { format: 'jpeg' }, { quality: 60 }, { maxWidth: 48 }] as const) {
      test(`${format} with ${JSON.stringify(options)}: frames, delays, loop`, async () => {
        const source = await animated(format, { width: 96, height: 64, delays, loop: 3 });
        const { header, bytes, width } = await compress(source, options);
        assert.deepEqual([header.pages, header.delay, header.loop], [4, delays, 3]);
        assert.equal(header.width, width);
        assert.ok(bytes.length <= source.length);
      });
    }
  }

  test('frames that repeat stay frames', async () => {
    const frame = picture({ width: 60, height: 40 }).data;
    const raw = { width: 60, height: 120, channels: 3 as const, pageHeight: 40 };
    const source = await sharp(Buffer.concat([frame, frame, frame]), { raw })
      .gif({ delay: [100, 100, 100], loop: 0, keepDuplicateFrames: true })
      .toBuffer();
    const { header, outcome } = await compress(source, { maxWidth: 50 });
    assert.notEqual(outcome, 'kept_original');
    assert.deepEqual([header.pages, header.loop], [3, 0]);
  });

  test('an animated PNG is kept as it is: its frames cannot be read', async () => {
    const source = await apng(photo);
    for (const options of [{}, { format: 'webp' }, { quality: 30 }, { maxWidth: 50 }] as const) {
      const { outcome, format, bytes } = await compress(source, options);
      assert.deepEqual([outcome, format], ['kept_original', 'png']);
      assert.ok(bytes.includes('acTL'));
    }
  });
});
