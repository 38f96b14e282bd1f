import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import type { RgbPixels } from '../../../src/compress/score/rgb-pixels.ts';
import { Ssimulacra2Reference } from '../../../src/compress/score/ssimulacra2.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'photos');
const TAKEN = 9;
const SIDE = 512;

/** "The typical output of libjpeg-turbo", quality, subsampling and score (cloudinary/ssimulacra2, README of 2.1). */
const PUBLISHED = [
  { quality: 14, chromaSubsampling: '4:2:0', expected: 10 },
  { quality: 20, chromaSubsampling: '4:2:0', expected: 30 },
  { quality: 35, chromaSubsampling: '4:2:0', expected: 50 },
  { quality: 70, chromaSubsampling: '4:2:0', expected: 70 },
  { quality: 85, chromaSubsampling: '4:2:0', expected: 80 },
  { quality: 90, chromaSubsampling: '4:4:4', expected: 85 },
] as const;

const pixelsOf = async (image: Sharp): Promise<RgbPixels> => {
  const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  assert.equal(info.channels, 3);
  return { data, width: info.width, height: info.height };
};

describe('scores of photographs', () => {
  test('are about those published for the same encoder settings', {
    skip: existsSync(FOLDER) ? false : 'the corpus of photographs is not on this machine',
  }, async () => {
    const files = readdirSync(FOLDER).filter((name) => /\.jpe?g$/i.test(name));
    const scores = new Map<number, number[]>(PUBLISHED.map(({ quality }) => [quality, []]));
    for (const name of files.filter((_, i) => i % Math.max(1, Math.floor(files.length / TAKEN)) === 0)) {
      // Smaller than they came: the artefacts of the photograph's own compression are gone then.
      const photo = sharp(join(FOLDER, name)).resize({ width: SIDE, height: SIDE, fit: 'cover' });
      const original = await pixelsOf(photo);
      const reference = new Ssimulacra2Reference(original);
      for (const { quality, chromaSubsampling } of PUBLISHED) {
        const image = sharp(original.data, { raw: { width: SIDE, height: SIDE, channels: 3 } });
        const jpeg = await image.jpeg({ quality, chromaSubsampling, mozjpeg: false }).toBuffer();
        scores.get(quality)?.push(reference.score(await pixelsOf(sharp(jpeg))));
      }
    }
    for (const { quality, expected } of PUBLISHED) {
      const sorted = (scores.get(quality) ?? []).sort((a, b) => a - b);
      const median = sorted[sorted.length >> 1] ?? Number.NaN;
      assert.ok(sorted.length >= TAKEN && Math.abs(median - expected) < 10, `quality ${quality}: ${sorted.join(', ')}`);
    }
  });
});
