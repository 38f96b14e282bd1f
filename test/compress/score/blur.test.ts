import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type BandBlur, ExactBlur } from '../../../src/compress/score/band-blur.ts';
import { BAND_ROWS, bandsOf } from '../../../src/compress/score/bands.ts';
import { BAND_TAIL, TAPS } from '../../../src/compress/score/gaussian.ts';
import { RecursiveBlur } from '../../../src/compress/score/recursive-blur.ts';

/** A plane of numbers 0–1, row by row. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
}

const planes = fc
  .record({ width: fc.integer({ min: 1, max: 30 }), height: fc.integer({ min: 1, max: 30 }), seed: fc.nat() })
  .map(({ width, height, seed }): Plane => {
    const values = Float32Array.from({ length: width * height }, (_, i) => {
      const mixed = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77);
      return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
    });
    return { width, height, at: (x, y) => values[y * width + x] ?? 0 };
  });

/** The blur of a plane, given and taken band by band. */
const blurred = (blur: BandBlur, { width, height, at }: Plane): Plane['at'] => {
  const length = width * BAND_ROWS;
  const result = new Float64Array(width * height);
  blur.begin(width);
  for (let band = 0; band <= bandsOf(height); band++) {
    const values = new Float32Array(length + BAND_TAIL);
    for (let i = 0; i < length; i++) {
      const y = band * BAND_ROWS + (i % BAND_ROWS);
      values[i] = y < height ? at(Math.floor(i / BAND_ROWS), y) : 0;
    }
    blur.push(band < bandsOf(height) ? values : null);
    for (let i = 0; i < length && band > 0; i++) {
      const y = (band - 1) * BAND_ROWS + (i % BAND_ROWS);
      if (y < height) result[y * width + Math.floor(i / BAND_ROWS)] = blur.result[i] ?? 0;
    }
  }
  return (x, y) => result[y * width + x] ?? 0;
};

/** The same from its definition: weighted means of 9 × 9 pixels, zero outside. */
const convolved =
  ({ width, height, at }: Plane): Plane['at'] =>
  (x, y) => {
    let sum = 0;
    for (let v = Math.max(0, y - 4); v <= Math.min(height - 1, y + 4); v++) {
      for (let u = Math.max(0, x - 4); u <= Math.min(width - 1, x + 4); u++) {
        sum += (TAPS[Math.abs(u - x)] ?? 0) * (TAPS[Math.abs(v - y)] ?? 0) * at(u, v);
      }
    }
    return sum;
  };

const worstDifference = ({ width, height }: Plane, one: Plane['at'], other: Plane['at']): number => {
  let worst = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) worst = Math.max(worst, Math.abs(one(x, y) - other(x, y)));
  }
  return worst;
};

describe('the blur', () => {
  it('has taps that sum to one and spread like a Gaussian of 1.5 pixels', () => {
    const both = TAPS.map((tap, n) => (n === 0 ? 1 : 2) * tap);
    const sum = both.reduce((total, tap) => total + tap, 0);
    const variance = both.reduce((total, tap, n) => total + tap * n * n, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
    assert.ok(Math.abs(variance - 1.5 ** 2) < 1e-12, `${variance}`);
  });

  it('is the convolution with its taps, on planes of any size, one after the other', () => {
    const blur = new ExactBlur(30);
    fc.assert(
      fc.property(planes, (plane) => {
        const difference = worstDifference(plane, blurred(blur, plane), convolved(plane));
        assert.ok(difference < 1e-6, `${difference}`);
      }),
    );
  });

  it('is the same by recursion but for rounding', () => {
    const blur = new RecursiveBlur(30);
    fc.assert(
      fc.property(planes, (plane) => {
        const difference = worstDifference(plane, blurred(blur, plane), convolved(plane));
        assert.ok(difference < 2e-5, `${difference}`);
      }),
    );
  });
});
