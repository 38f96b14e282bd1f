import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPlainJpeg } from '../../src/compress/plain-jpeg.ts';
import { readHeader } from '../../src/compress/sharp.ts';
import { AppError } from '../../src/core/errors.ts';
import { cmykJpeg, grayJpeg, jpegStoredAs, p3Jpeg } from '../helpers/odd-pictures.ts';
import { encoded, picture } from '../helpers/pictures.ts';

const photo = picture({ width: 120, height: 80 });

/** What sharp says of a file; null when it refuses it. */
const bySharp = async (file: Buffer) => {
  try {
    return await readHeader(file, { format: 'jpeg', cutOff: null });
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return null;
  }
};

/** @returns whether the header was read without sharp */
const agreesWithSharp = async (file: Buffer): Promise<boolean> => {
  const plain = readPlainJpeg(file);
  if (plain === null) return false;
  const header = await bySharp(file);
  assert.ok(header !== null, 'sharp refuses it');
  const { width, height, hasAlpha, depth, space, chromaSubsampling } = header;
  assert.deepEqual(plain, { width, height, hasAlpha, depth, space, chromaSubsampling });
  const { orientation = 1, icc, gainMap, pages } = header;
  assert.deepEqual([orientation, icc, gainMap, pages], [1, undefined, undefined, undefined]);
  return true;
};

/** A copy of `file` with another byte at a place. */
const withByte = (file: Buffer, at: number, byte: number): Buffer => {
  const changed = Buffer.from(file);
  changed[at] = byte;
  return changed;
};

describe('readPlainJpeg', () => {
  test('says what sharp says of plain files', async () => {
    for (const chromaSubsampling of ['4:4:4', '4:2:0'])
      for (const progressive of [false, true])
        assert.ok(await agreesWithSharp(await encoded(photo, 'jpeg', { chromaSubsampling, progressive })));
    assert.ok(await agreesWithSharp(await grayJpeg(photo)));
    const jfif = Buffer.from([0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);
    const source = await encoded(photo, 'jpeg');
    assert.ok(await agreesWithSharp(Buffer.concat([source.subarray(0, 2), jfif, source.subarray(2)])));
  });

  test('leaves everything else to sharp', async () => {
    const source = await encoded(photo, 'jpeg');
    for (const file of [await p3Jpeg(photo), await jpegStoredAs(photo, 6), await cmykJpeg(photo)])
      assert.equal(readPlainJpeg(file), null);
    for (const length of [0, 2, 10, 100, 300]) assert.equal(readPlainJpeg(source.subarray(0, length)), null);
    const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 1]);
    assert.equal(readPlainJpeg(Buffer.concat([source.subarray(0, 2), adobe, source.subarray(2)])), null);
    const exif = Buffer.from([0xff, 0xe1, 0, 8, ...Buffer.from('Exif'), 0, 0]);
    assert.equal(readPlainJpeg(Buffer.concat([source.subarray(0, 2), exif, source.subarray(2)])), null);
  });

  test('never takes a file that sharp refuses or reads otherwise, whatever byte of its header is wrong', async () => {
    let taken = 0;
    for (const progressive of [false, true]) {
      const source = await encoded(photo, 'jpeg', { progressive });
      const scan = source.indexOf(Buffer.from([0xff, 0xda]));
      for (let at = 2; at < scan + 14; at += 1) {
        for (const byte of [0, 1, 2, 0x11, 0x41, 0xff, (source[at] ?? 0) ^ 0x80, ((source[at] ?? 0) + 1) & 255])
          if (await agreesWithSharp(withByte(source, at, byte))) taken += 1;
        await agreesWithSharp(source.subarray(0, at));
      }
    }
    // Bytes of tables and densities, mostly.
    assert.ok(taken > 500, String(taken));
  });
});
