import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Coefficients, Plane } from '../../../src/compress/jpeg/coefficients.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { hasFullChroma, reduceChroma } from '../../../src/compress/jpeg/reduce-chroma.ts';
import { writeJpeg } from '../../../src/compress/jpeg/write-jpeg.ts';
import { denseBlock } from '../../helpers/dense-coefficients.ts';
import { encoded, picture } from '../../helpers/pictures.ts';
import { emptyPlane, type PictureShape, randomCoefficients } from '../../helpers/random-coefficients.ts';
import { forwardDct, inverseDct, ZIGZAG } from '../../helpers/reference-dct.ts';

type Factors = readonly [h: number, v: number];

const alike = (factors: Factors): PictureShape['sampling'] => [factors, factors, factors];

/** 4:4:4 in any words, and contents a decoder shows within the range of samples more or less. */
const anyFullChroma = fc
  .record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 70 }),
    factors: fc.constantFrom<Factors>([1, 1], [2, 2], [2, 1], [1, 2]),
    seed: fc.integer(),
    density: fc.constantFrom(0, 0.05, 0.4, 1),
    largest: fc.constantFrom(1, 8, 100),
    largestStep: fc.constantFrom(1, 3, 9, 60),
    empty: fc.constantFrom(0, 0.5),
  })
  .map((what) => randomCoefficients({ ...what, sampling: alike(what.factors) }, what));

/** By the definition: low 4 × 4 of each block to 4 × 4 samples, four of these to one block of 8 × 8. */
const reducedBlock = (source: Coefficients, plane: Plane, row: number, column: number): number[][] => {
  const samples: number[][] = Array.from({ length: 8 }, () => []);
  for (const [down, across] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    // biome-ignore format: one line of four
    const line = Math.min(2 * row + down, plane.blocksHigh - 1);
    const at = line * plane.stride + Math.min(2 * column + across, plane.blocksWide - 1);
    const low: number[][] = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (const [k, value] of denseBlock(source, plane, at).entries()) {
      const [v, u] = ZIGZAG[k] ?? [0, 0];
      const lowRow = low[v];
      // A sample is the coefficients over the side of the block: 8 before, 4 now.
      if (lowRow !== undefined && u < 4) lowRow[u] = (value * (plane.steps[k] ?? 0)) / 2;
    }
    for (const [y, values] of inverseDct(low).entries()) samples[4 * down + y]?.push(...values);
  }
  return forwardDct(samples);
};

const assertReduced = (source: Coefficients): void => {
  const { width, height } = source;
  const made = reduceChroma(source);
  const shape = { width, height, sampling: [[2, 2], [1, 1], [1, 1]] } as const; // biome-ignore format: a table
  assert.deepEqual([made.width, made.height, made.planes.length], [width, height, 3]);
  for (const [at, plane] of made.planes.entries()) {
    const { steps: _s, dc: _d, starts: _b, counts: _c, ...layout } = plane;
    const { steps: _s2, dc, starts: _b2, counts: _c2, ...expected } = emptyPlane(shape, at);
    assert.deepEqual(layout, expected);
    assert.deepEqual([plane.dc.length, plane.starts.length, plane.counts.length], [dc.length, dc.length, dc.length]);
  }
  for (const at of [1, 2]) {
    const [before, plane] = [source.planes[at], made.planes[at]];
    assert.ok(before !== undefined && plane !== undefined);
    assert.ok(plane.steps.every((step, k) => step >= 1 && step <= (before.steps[k] ?? 0)));
    for (let block = 0; block < plane.dc.length; block += 1) {
      const is = denseBlock(made, plane, block);
      const must = reducedBlock(source, before, Math.floor(block / plane.stride), block % plane.stride);
      for (const [k, [v, u]] of ZIGZAG.entries()) {
        const [step, exact] = [plane.steps[k] ?? 0, must[v]?.[u] ?? 0];
        // Half a step of rounding; sums of 64-bit floating point.
        const tolerance = step / 2 + 1e-9 * (1 + Math.abs(exact));
        assert.ok(Math.abs((is[k] ?? 0) * step - exact) <= tolerance, `${is[k]} × ${step} for ${exact} at ${k}`);
      }
    }
  }
};

describe('reduceChroma', () => {
  test('gives what the definition gives, in all blocks to the edge and beyond', () => {
    fc.assert(fc.property(anyFullChroma, assertReduced), { numRuns: 60 });
  });

  test('keeps luma, and pads it with the brightness beside it', () => {
    fc.assert(
      fc.property(anyFullChroma, (source) => {
        const made = reduceChroma(source);
        const [before, luma] = [source.planes[0], made.planes[0]];
        assert.ok(before !== undefined && luma !== undefined);
        assert.deepEqual(luma.steps, before.steps);
        for (let line = 0; line < luma.lines; line += 1) {
          for (let column = 0; column < luma.stride; column += 1) {
            const y = Math.min(line, before.blocksHigh - 1);
            const x = Math.min(column, before.blocksWide - 1);
            const expected = denseBlock(source, before, y * before.stride + x);
            if (y !== line || x !== column) expected.fill(0, 1);
            assert.deepEqual(denseBlock(made, luma, line * luma.stride + column), expected);
          }
        }
      }),
    );
  });

  test('does not touch its source', () => {
    fc.assert(
      fc.property(anyFullChroma, (source) => {
        const before = structuredClone(source);
        reduceChroma(source);
        assert.deepEqual(source, before);
      }),
      { numRuns: 30 },
    );
  });

  test('refuses what comes out too large, as it can where steps of 65,535 and of 1 stand side by side', () => {
    /** Cb has one coefficient a block, above plus and below minus `value`: that makes it one of all odd frequencies. */
    const withCb = (index: number, step: number, value: number): Coefficients => {
      const shape = { width: 16, height: 16, sampling: alike([1, 1]) };
      const planes = [0, 1, 2].map((at) => emptyPlane(shape, at));
      const values = [value, value, -value, -value];
      const cb = planes[1];
      cb?.steps.set([step], index);
      if (index === 0) cb?.dc.set(values);
      else cb?.starts.set([0, 1, 2, 3]);
      cb?.counts.fill(index === 0 ? 0 : 1);
      return { ...shape, planes, entries: Int32Array.from(values, (of) => (of << 6) | index) };
    };
    const isRefusal = (error: unknown): boolean => error instanceof JpegFault && error.kind === 'unsupported';
    for (const [index, step, value] of [
      [5, 65_535, 16],
      [5, 65_535, 1023],
      [0, 65_535, 16],
      [0, 65_535, -1024],
    ] as const) {
      assert.throws(() => reduceChroma(withCb(index, step, value)), isRefusal, `${step} × ${value} at ${index}`);
    }
    for (const [index, step, value] of [[5, 255, 100], [0, 255, 60]] as const) assertReduced(withCb(index, step, value)); // biome-ignore format: a list
    const bright = withCb(0, 3, 0);
    bright.planes[1]?.dc.fill(20_000);
    assert.throws(() => reduceChroma(bright), isRefusal);
  });

  test('colour stays where it was: as near to the source as encoding the pixels in 4:2:0', async () => {
    for (const [width, height, seed] of [
      [200, 150, 1],
      [97, 61, 2],
      [17, 33, 3],
    ] as const) {
      // biome-ignore format: a table
      const pixels = picture({ width, height, seed });
      const full = await encoded(pixels, 'jpeg', { quality: 98, chromaSubsampling: '4:4:4' });
      const reduced = writeJpeg(reduceChroma(readCoefficients(full).coefficients), { progressive: true });
      const encodedAgain = await sharp(full).jpeg({ quality: 98, chromaSubsampling: '4:2:0' }).toBuffer();
      const [ours, theirs] = [await colourError(full, reduced), await colourError(full, encodedAgain)];
      // One sample further to the right is much worse than either.
      const shifted = await colourError(full, reduced, 2);
      assert.ok(ours < theirs * 1.1 + 0.1, `${width} × ${height}: ${ours}, ${theirs}`);
      assert.ok(shifted > ours * 1.5, `${width} × ${height}: ${ours}, ${shifted} when shifted`);
    }
  });

  test('one colour stays that colour', async () => {
    const flat = sharp({ create: { width: 37, height: 21, channels: 3, background: '#c04080' } });
    const full = await flat.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const reduced = writeJpeg(reduceChroma(readCoefficients(full).coefficients), { progressive: false });
    const [before, after] = [await sharp(full).raw().toBuffer(), await sharp(reduced).raw().toBuffer()];
    assert.ok(after.every((value, i) => Math.abs(value - (before[i] ?? 0)) <= 1));
  });
});

describe('hasFullChroma', () => {
  test('asks for three planes at one resolution', () => {
    const of = (sampling: PictureShape['sampling']): boolean => {
      const shape = { width: 20, height: 20, sampling };
      return hasFullChroma(randomCoefficients(shape, { seed: 1, density: 0, largest: 1, empty: 1, largestStep: 1 }));
    };
    for (const factors of [[1, 1], [2, 2], [1, 2]] as const) assert.ok(of(alike(factors))); // biome-ignore format: a list
    const one = [1, 1] as const;
    for (const luma of [[2, 2], [2, 1], [1, 2], [4, 1]] as const) assert.ok(!of([luma, one, one])); // biome-ignore format: a list
    assert.ok(!of([one]));
    assert.ok(!of([[2, 2], [2, 2], one])); // biome-ignore format: a list
  });
});

/** Mean difference of Cb and Cr over all squares of 2 × 2 pixels, the second picture moved to the left by `shift`. */
const colourError = async (a: Buffer, b: Uint8Array, shift = 0): Promise<number> => {
  const [one, other] = [await colours(a), await colours(b)];
  let [sum, count] = [0, 0];
  for (let y = 0; y + 1 < one.height; y += 2) {
    for (let x = 0; x + 1 + shift < one.width; x += 2) {
      for (const plane of [0, 1] as const) sum += Math.abs(one.mean(plane, x, y) - other.mean(plane, x + shift, y));
      count += 2;
    }
  }
  return sum / count;
};

const colours = async (file: Uint8Array) => {
  const { data, info } = await sharp(file, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  // JFIF 1.02.
  const weights = [[-0.168_736, -0.331_264, 0.5], [0.5, -0.418_688, -0.081_312]] as const; // biome-ignore format: a table
  const mean = (plane: 0 | 1, x: number, y: number): number => {
    let sum = 0;
    for (const at of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
      for (let c = 0; c < 3; c += 1) sum += (weights[plane][c] ?? 0) * (data[3 * at + c] ?? 0);
    }
    return sum / 4;
  };
  return { width, height, mean };
};
