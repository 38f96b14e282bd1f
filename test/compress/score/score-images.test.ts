import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CROP_SIDE, type Crop, cutOut, pickCrops } from '../../../src/compress/score/pick-crops.ts';
import type { RgbPixels } from '../../../src/compress/score/rgb-pixels.ts';
import { prepareReference, scoreImages } from '../../../src/compress/score/score-images.ts';
import { Ssimulacra2Reference } from '../../../src/compress/score/ssimulacra2.ts';

type Paint = (x: number, y: number) => number;

const painted = (width: number, height: number, paint: Paint): RgbPixels => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.fill(paint(x, y), (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  return { data, width, height };
};

const noise: Paint = (x, y) => (Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77)) >>> 24;

/** White on the left, in the middle a slope from dark to light, noise on the right: each 640 pixels wide. */
const threeParts: Paint = (x, y) => {
  if (x < 640) return 255;
  return x < 1280 ? Math.floor(y / 4) : noise(x, y);
};

const overlaps = (crop: Crop, left: number, right: number): boolean =>
  crop.left < right && crop.left + crop.width > left;

describe('crops of a large picture', () => {
  it('are the busiest, the smoothest that is not flat, and the centre', () => {
    const crops = pickCrops(painted(1920, 1000, threeParts));
    assert.equal(crops.length, 3);
    const [busiest, smoothest, centre] = crops;
    assert.ok(busiest !== undefined && smoothest !== undefined && centre !== undefined);
    assert.ok(busiest.left >= 1280, `busiest at ${busiest.left}`);
    assert.ok(overlaps(smoothest, 640, 1280) && !overlaps(smoothest, 1280, 1920), `smoothest at ${smoothest.left}`);
    assert.deepEqual(centre, { left: 704, top: 244, width: CROP_SIDE, height: CROP_SIDE });
  });

  it('is the centre alone where all is flat', () => {
    const crops = pickCrops(painted(1200, 1000, () => 200));
    assert.deepEqual(crops, [{ left: 344, top: 244, width: CROP_SIDE, height: CROP_SIDE }]);
  });

  it('lie within the picture, whatever its shape', () => {
    const side = fc.integer({ min: 8, max: 1500 });
    fc.assert(
      fc.property(side, side, (width, height) => {
        const picture = { data: new Uint8Array(width * height).map((_, i) => noise(i, 0)), width, height, channels: 1 };
        for (const crop of pickCrops({ ...picture, channels: 1 })) {
          assert.ok(crop.left >= 0 && crop.left + crop.width <= width, `${width} × ${height}: ${crop.left}`);
          assert.ok(crop.top >= 0 && crop.top + crop.height <= height, `${width} × ${height}: ${crop.top}`);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are cut out pixel by pixel', () => {
    const part = cutOut(
      painted(100, 80, (x, y) => x + y),
      { left: 30, top: 20, width: 5, height: 4 },
    );
    assert.deepEqual(part, { ...painted(5, 4, (x, y) => 50 + x + y), channels: 3 });
  });
});

describe('the score of a picture', () => {
  it('is the lowest of the parts where it is large', () => {
    const original = painted(1920, 1000, threeParts);
    const harmed = painted(1920, 1000, (x, y) => (x < 1280 ? threeParts(x, y) : 255 - noise(x, y)));
    const worst = pickCrops(original)[0];
    assert.ok(worst !== undefined);
    const expected = new Ssimulacra2Reference(cutOut(original, worst)).score(cutOut(harmed, worst));
    assert.equal(scoreImages(original, harmed), expected);
    assert.ok(expected < 0, `${expected}`);
    assert.equal(scoreImages(original, original), 100);
  });

  it('sees banding in the smooth part of a large picture', () => {
    const original = painted(1920, 1000, threeParts);
    const banded = painted(1920, 1000, (x, y) => {
      const value = threeParts(x, y);
      return x >= 640 && x < 1280 ? value - (value % 16) + 8 : value;
    });
    const actual = scoreImages(original, banded);
    assert.ok(actual !== null && actual < 70, `${actual}`);
  });

  it('is that of the whole picture up to a megapixel', () => {
    const original = painted(1000, 1000, threeParts);
    const other = painted(1000, 1000, (x, y) => threeParts(x, y) ^ 3);
    assert.equal(scoreImages(original, other), new Ssimulacra2Reference(original).score(other));
  });

  it('is null for pictures too small', () => {
    const small = painted(7, 400, noise);
    assert.equal(scoreImages(small, small), null);
    assert.equal(prepareReference(painted(400, 7, noise)), null);
    assert.equal(scoreImages(painted(8, 8, noise), painted(8, 8, noise)), 100);
  });

  it('is refused for pictures of different sizes, large or small', () => {
    for (const [width, height] of [
      [6, 9],
      [60, 90],
      [1000, 1100],
    ] as const) {
      const original = painted(width, height, noise);
      const turned = painted(height, width, noise);
      assert.throws(() => scoreImages(original, turned), RangeError);
      assert.throws(() => scoreImages(original, { ...original, data: original.data.subarray(3) }), RangeError);
      assert.throws(() => prepareReference({ ...original, data: original.data.subarray(3) }), RangeError);
    }
  });
});
