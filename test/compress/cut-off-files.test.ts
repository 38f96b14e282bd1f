import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { whereCutOff } from '../../src/compress/where-cut-off.ts';
import { AppError } from '../../src/core/errors.ts';
import { type CompressOptions, DEFAULT_OPTIONS, FORMATS } from '../../src/core/options.ts';
import { animated, jpegWithGps } from '../helpers/odd-pictures.ts';
import { encoded, picture } from '../helpers/pictures.ts';

const photo = picture({ width: 320, height: 240 });
const run = async (source: Buffer, options: Partial<CompressOptions> = {}) => {
  const all = { ...DEFAULT_OPTIONS, ...options };
  return compressImage(source, await inspectImage(source, all), all);
};
const half = (file: Buffer): Buffer => file.subarray(0, file.length >> 1);

describe('whereCutOff', () => {
  for (const format of FORMATS) {
    test(`${format}: names the byte at which the file ends, and nothing of a whole file`, async () => {
      const file = await encoded(photo, format);
      assert.equal(whereCutOff(file, format), null);
      // Every byte: the places that are hard to tell are few, such as those between the boxes of an AVIF.
      for (let length = 20; length < file.length; length += 1) {
        const cut = whereCutOff(file.subarray(0, length), format);
        assert.match(cut ?? '', new RegExp(`it ends at byte ${length.toLocaleString('en-US')}\\b`), `${length}`);
      }
    });
  }

  test('says how much is missing where the file tells it', async () => {
    const webp = await encoded(photo, 'webp');
    const missing = (webp.length - (webp.length >> 1)).toLocaleString('en-US');
    assert.match(whereCutOff(half(webp), 'webp') ?? '', new RegExp(`; ${missing} more should follow\\.$`));
    const png = await encoded(photo, 'png', { compressionLevel: 0 });
    assert.match(whereCutOff(half(png), 'png') ?? '', /at least [\d,]+ more should follow/);
  });

  test('the end of a preview inside a JPEG is not its end', async () => {
    const preview = await encoded(picture({ width: 32, height: 32 }), 'jpeg');
    const file = await encoded(photo, 'jpeg');
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), preview]);
    segment.writeUInt16BE(preview.length + 2, 2);
    const dressed = Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)]);
    assert.equal(whereCutOff(dressed, 'jpeg'), null);
    assert.match(whereCutOff(dressed.subarray(0, dressed.length - 500), 'jpeg') ?? '', /cut off/);
  });

  test('any bytes are answered', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...FORMATS), (bytes, format) => {
        const answer = whereCutOff(Buffer.from(bytes), format);
        assert.ok(answer === null || answer.endsWith('.'));
      }),
    );
  });
});

describe('tolerant', () => {
  test('without it a cut-off file is refused, with the byte', async () => {
    const file = half(await encoded(photo, 'jpeg'));
    await assert.rejects(run(file), (error) => {
      assert.ok(error instanceof AppError && error.code === 'truncated_image');
      assert.match(error.message, new RegExp(`ends at byte ${file.length.toLocaleString('en-US')}`));
      return true;
    });
  });

  for (const format of ['jpeg', 'png', 'gif'] as const) {
    test(`${format}: what there is comes out whole, and the receipt tells`, async () => {
      const source = half(await encoded(photo, format));
      for (const options of [{}, { format: 'webp' }, { quality: 60 }, { maxWidth: 100 }] as const) {
        const { bytes, outcome, note, width } = await run(source, { ...options, tolerant: true });
        assert.notEqual(outcome, 'kept_original', 'a broken file is never handed on');
        assert.match(note ?? '', /cut off.*blank/);
        assert.ok(bytes.length < source.length);
        await sharp(bytes, { failOn: 'warning' }).stats();
        assert.equal((await sharp(bytes).metadata()).width, width);
      }
    });
  }

  test('the part that arrived is the picture', async () => {
    const whole = await encoded(photo, 'jpeg', { quality: 95 });
    const { bytes } = await run(half(whole), { tolerant: true, quality: 95 });
    const top = (file: Buffer) => sharp(file).extract({ left: 0, top: 0, width: 320, height: 80 }).raw().toBuffer();
    const [a, b] = [await top(whole), await top(bytes)];
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
    assert.ok(difference < 4, `${difference}`);
  });

  test('an animation keeps the frames that arrived', async () => {
    const delays = [100, 100, 100, 100];
    const source = half(await animated('gif', { width: 80, height: 60, delays, loop: 0 }));
    const { bytes } = await run(source, { tolerant: true });
    const { pages = 1 } = await sharp(bytes, { animated: true }).metadata();
    assert.ok(pages >= 1 && pages <= 4);
  });

  for (const format of ['webp', 'avif'] as const) {
    test(`${format} cannot be read in part and is refused all the same`, async () => {
      await assert.rejects(run(half(await encoded(photo, format)), { tolerant: true }), { code: 'truncated_image' });
    });
  }

  test('it changes nothing for whole files, and lets no damaged one in', async () => {
    const file = await jpegWithGps(photo);
    assert.deepEqual((await run(file, { tolerant: true })).bytes, (await run(file)).bytes);
    assert.equal((await run(file, { tolerant: true })).note, null);
    const damaged = await encoded(photo, 'png');
    damaged.fill(0x55, 200, 260);
    await assert.rejects(run(damaged, { tolerant: true }), AppError);
  });
});
