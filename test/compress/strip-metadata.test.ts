import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { keepOriginal } from '../../src/compress/keep-original.ts';
import { animated, apng, jpegStoredAs, jpegWithGps, p3Jpeg, srgbJpeg } from '../helpers/odd-pictures.ts';
import { encoded, picture, toSharp } from '../helpers/pictures.ts';

const photo = picture({ width: 160, height: 120 });
const strip = async (source: Buffer) => keepOriginal(source, await inspectImage(source));
const pixels = (file: Buffer) => sharp(file, { animated: true, ignoreIcc: true }).raw().toBuffer();
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>SecretXmp of this picture</secret></x:xmpmeta>';
const EXIF = { IFD0: { Copyright: 'SecretOwner', Software: 'SecretEditor 1.0' } };

/** How many of EXIF and XMP still hold their secret; asked of the decoder, as PNG packs them. */
const secretsIn = async (file: Buffer): Promise<number> => {
  const { exif, xmp } = await sharp(file).metadata();
  return [exif, xmp].filter((block) => block?.includes('Secret')).length;
};

describe('keepOriginal', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
    test(`${format}: metadata goes, pixels stay`, async () => {
      const options = format === 'avif' ? { effort: 0 } : {};
      const file = await toSharp(photo).toFormat(format, options).withExif(EXIF).withXmp(XMP).toBuffer();
      assert.equal(await secretsIn(file), 2, 'the secrets are in the source');
      const kept = await strip(file);
      assert.equal(await secretsIn(kept), 0);
      assert.ok(kept.length <= file.length);
      assert.deepEqual(await pixels(kept), await pixels(file));
      const header = await sharp(kept).metadata();
      assert.deepEqual(
        [header.width, header.height, header.xmp],
        [160, 120, format === 'avif' ? header.xmp : undefined],
      );
      assert.deepEqual(await strip(kept), kept, 'a second time changes nothing');
    });
  }

  test('a place does not survive', async () => {
    const file = await jpegWithGps(photo);
    assert.ok((await sharp(file).metadata()).exif !== undefined);
    assert.equal((await sharp(await strip(file)).metadata()).exif, undefined);
  });

  test('progressive JPEGs with restart markers, comments and a tail', async () => {
    const file = await toSharp(photo).jpeg({ progressive: true, quality: 95 }).toBuffer();
    const comment = Buffer.from('\xff\xfe\0\x0fSecretComment', 'latin1');
    const dressed = Buffer.concat([file.subarray(0, 2), comment, file.subarray(2), Buffer.from('<?php Secret tail')]);
    const kept = await strip(dressed);
    assert.ok(!kept.includes('Secret'));
    assert.deepEqual(await pixels(kept), await pixels(file));
  });

  for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
    test(`orientation ${orientation} stays readable`, async () => {
      const file = await jpegStoredAs(photo, orientation);
      const kept = await strip(file);
      assert.ok(!kept.includes('SecretOwner'));
      assert.equal((await sharp(kept).metadata()).orientation, orientation);
      const upright = (bytes: Buffer) => sharp(bytes, { autoOrient: true }).raw().toBuffer();
      assert.deepEqual(await upright(kept), await upright(file));
    });
  }

  test('PNG and WebP keep their orientation too', async () => {
    for (const format of ['png', 'webp'] as const) {
      const file = await toSharp(photo).toFormat(format).withExif(EXIF).withMetadata({ orientation: 6 }).toBuffer();
      const kept = await strip(file);
      assert.ok(!kept.includes('Secret'));
      assert.equal((await sharp(kept).metadata()).orientation, 6);
    }
  });

  test('a wide profile stays, an sRGB one goes', async () => {
    assert.equal((await sharp(await strip(await p3Jpeg(photo))).metadata()).hasProfile, true);
    assert.equal((await sharp(await strip(await srgbJpeg(photo))).metadata()).hasProfile, false);
  });

  test('GIF: comments and foreign blocks go, frames, delays and loop stay', async () => {
    const file = await animated('gif', { width: 60, height: 40, delays: [100, 200, 300], loop: 2 });
    const comment = Buffer.from('\x21\xfe\x0dSecretComment\0', 'latin1');
    const xmp = Buffer.from('\x21\xff\x0bXMP DataXMP\x0aSecretXmp!\0', 'latin1');
    const dressed = Buffer.concat([file.subarray(0, -1), comment, xmp, file.subarray(-1), Buffer.from('Secret tail')]);
    const kept = await strip(dressed);
    assert.ok(!kept.includes('Secret'));
    const header = await sharp(kept, { animated: true }).metadata();
    assert.deepEqual([header.pages, header.delay, header.loop], [3, [100, 200, 300], 2]);
    assert.deepEqual(await pixels(kept), await pixels(file));
  });

  test('an animated PNG stays one', async () => {
    assert.ok((await strip(await apng(photo))).includes('acTL'));
  });

  test('an animated WebP stays as it is', async () => {
    const file = await animated('webp', { width: 60, height: 40, delays: [100, 200], loop: 5 });
    const kept = await strip(file);
    const header = await sharp(kept, { animated: true }).metadata();
    assert.deepEqual([header.pages, header.delay, header.loop], [2, [100, 200], 5]);
  });

  test('a tail behind a PNG or WebP is not published', async () => {
    for (const format of ['png', 'webp'] as const) {
      const file = await encoded(photo, format);
      const kept = await strip(Buffer.concat([file, Buffer.from('PK\x03\x04 Secret archive')]));
      assert.deepEqual(kept, await strip(file));
    }
  });
});
