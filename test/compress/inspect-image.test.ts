import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { AppError, type ErrorCode } from '../../src/core/errors.ts';
import {
  animated,
  apng,
  cmykJpeg,
  deepPng,
  grayJpeg,
  jpegStoredAs,
  p3Jpeg,
  srgbJpeg,
} from '../helpers/odd-pictures.ts';
import { encoded, picture } from '../helpers/pictures.ts';

const photo = picture({ width: 120, height: 80 });

const refusal = (code: ErrorCode, detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, detail);
  return true;
};

/** A PNG that consists of a header only; enough to be refused by its size. */
const pngHeader = (width: number, height: number): Buffer => {
  const chunk = (type: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(8)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

describe('inspectImage', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    test(`${format}: the plain facts`, async () => {
      const facts = await inspectImage(await encoded(photo, format));
      assert.equal(facts.format, format);
      assert.deepEqual([facts.width, facts.height, facts.frames, facts.pixels], [120, 80, 1, 9600]);
      assert.deepEqual([facts.orientation, facts.isGray, facts.isDeep], [1, false, false]);
      assert.deepEqual([facts.profile, facts.hasHiddenFrames], ['none', false]);
      assert.equal(facts.decodeCost, format === 'jpeg' ? 9600 : 28_800);
    });
  }

  test('the odd facts', async () => {
    const sideways = await inspectImage(await jpegStoredAs(photo, 6));
    assert.deepEqual([sideways.width, sideways.height, sideways.orientation], [120, 80, 6]);
    assert.equal((await inspectImage(await grayJpeg(photo))).isGray, true);
    assert.equal((await inspectImage(await deepPng(photo))).isDeep, true);
    assert.equal((await inspectImage(await cmykJpeg(photo))).profile, 'converted');
    assert.equal((await inspectImage(await p3Jpeg(photo))).profile, 'kept');
    assert.equal((await inspectImage(await srgbJpeg(photo))).profile, 'dropped');
    assert.equal((await inspectImage(await apng(photo))).hasHiddenFrames, true);
    assert.equal(
      (await inspectImage(await encoded(picture({ width: 40, height: 40, alpha: true }), 'png'))).hasAlpha,
      true,
    );
    assert.equal((await inspectImage(await encoded(photo, 'jpeg', { chromaSubsampling: '4:4:4' }))).fullChroma, true);
    assert.equal((await inspectImage(await encoded(photo, 'jpeg', { chromaSubsampling: '4:2:0' }))).fullChroma, false);
  });

  for (const format of ['gif', 'webp'] as const) {
    test(`${format}: frames, delays, loop`, async () => {
      const file = await animated(format, { width: 40, height: 30, delays: [100, 250, 60], loop: 4 });
      const facts = await inspectImage(file);
      assert.deepEqual([facts.frames, facts.width, facts.height, facts.pixels], [3, 40, 30, 3600]);
      assert.deepEqual([facts.delays, facts.loop], [[100, 250, 60], 4]);
    });
  }

  test('refuses by size before anything is decoded', async () => {
    await assert.rejects(
      inspectImage(pngHeader(16_384, 10)),
      refusal('too_many_pixels', /16384 × 10.*16383 pixels a side/),
    );
    await assert.rejects(
      inspectImage(pngHeader(10_000, 5001)),
      refusal('too_many_pixels', /10000 × 5001.*50 megapixels/),
    );
    const atTheLimit = await inspectImage(pngHeader(10_000, 5000));
    assert.equal(atTheLimit.pixels, 50_000_000);
    const many = await animated('gif', { width: 2, height: 2, delays: Array(501).fill(20), loop: 0 });
    await assert.rejects(inspectImage(many), refusal('too_many_pixels', /501 frames; the limit is 500 frames/));
  });

  const others: readonly (readonly [string, ErrorCode, RegExp])[] = [
    ['', 'not_an_image', /empty/],
    ['<!DOCTYPE html><html><body>Please log in', 'not_an_image', /not an image/],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported_format', /SVG/],
    ['%PDF-1.4 and so on', 'unsupported_format', /PDF/],
    ['II*\0\x08\0\0\0and so on', 'unsupported_format', /TIFF/],
    ['\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'unsupported_format', /HEIC/],
    ['\xff\xd8\xff\xe0 and nothing of a picture', 'corrupt_image', /damaged|cut off/],
  ];
  for (const [content, code, detail] of others) {
    test(`${code}: ${JSON.stringify(content.slice(0, 16))}`, async () => {
      await assert.rejects(inspectImage(Buffer.from(content, 'latin1')), (error) => {
        assert.ok(error instanceof AppError);
        if (code !== 'corrupt_image') return refusal(code, detail)(error);
        assert.ok(['corrupt_image', 'truncated_image'].includes(error.code));
        return true;
      });
    });
  }
});
