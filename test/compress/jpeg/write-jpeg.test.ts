import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Coefficients } from '../../../src/compress/jpeg/coefficients.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import {
  planSmallest,
  predictBytes,
  type WriteOptions,
  writeJpeg,
  writePlan,
} from '../../../src/compress/jpeg/write-jpeg.ts';
import { jpegParts } from '../../helpers/jpeg-parts.ts';
import { anyCoefficients, denseBlock, emptyPlane, randomCoefficients } from '../../helpers/random-coefficients.ts';
import { referenceDecode } from '../../helpers/reference-jpeg.ts';

const pixels = (file: Uint8Array) => sharp(file, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });

/** Asserts that a decoder after the letter of T.81 finds the coefficients of all blocks with pixels in the file. */
const assertHolds = (file: Uint8Array, { planes, entries }: Coefficients): void => {
  const read = referenceDecode(file);
  assert.equal(read.length, planes.length);
  for (const [index, plane] of planes.entries()) {
    const found = read[index];
    assert.ok(found !== undefined);
    const factors = planes.length === 1 ? [1, 1] : [plane.h, plane.v];
    assert.deepEqual([found.id, found.h, found.v], [index + 1, ...factors]);
    assert.deepEqual([found.blocksWide, found.blocksHigh], [plane.blocksWide, plane.blocksHigh]);
    assert.deepEqual(found.steps, Array.from(plane.steps));
    for (let line = 0; line < plane.blocksHigh; line += 1) {
      for (let column = 0; column < plane.blocksWide; column += 1) {
        const expected = denseBlock(entries, plane, line * plane.stride + column);
        assert.deepEqual(Array.from(found.blocks[line * found.stride + column] ?? []), expected);
      }
    }
  }
};

const assertPredicted = (coefficients: Coefficients, options: WriteOptions): void => {
  const file = writeJpeg(coefficients, options);
  assert.equal(file.length - jpegParts(file).stuffed, predictBytes(coefficients, options));
};

describe('writeJpeg, baseline', () => {
  test('writes what a decoder after the letter of T.81 reads back, in as many bytes as predicted', () => {
    fc.assert(
      fc.property(anyCoefficients, (coefficients) => {
        assertHolds(writeJpeg(coefficients, { progressive: false }), coefficients);
        assertPredicted(coefficients, { progressive: false });
      }),
      { numRuns: 150 },
    );
  });

  test('holds the greatest values', () => {
    const plane = emptyPlane({ width: 24, height: 8, sampling: [[1, 1]] }, 0);
    plane.dc.set([-1024, 1023, -1024]);
    plane.starts.set([0, 63, 126]);
    plane.counts.fill(63);
    const entries = Int32Array.from({ length: 189 }, (_, i) => ((i % 2 === 0 ? 1023 : -1023) << 6) | ((i % 63) + 1));
    const coefficients = { width: 24, height: 8, planes: [plane], entries };
    for (const progressive of [false, true]) assertHolds(writeJpeg(coefficients, { progressive }), coefficients);
  });

  test('is decoded by libjpeg without a warning', async () => {
    await fc.assert(
      fc.asyncProperty(anyCoefficients, async (coefficients) => {
        const { info } = await pixels(writeJpeg(coefficients, { progressive: false }));
        assert.deepEqual([info.width, info.height], [coefficients.width, coefficients.height]);
      }),
      { numRuns: 60 },
    );
  });

  test('says SOF1 when a step needs 16 bits, else SOF0', () => {
    const shape = { width: 20, height: 20, sampling: [[1, 1]] } as const;
    const contents = { seed: 1, density: 0.1, largest: 3, empty: 0 };
    const frameOf = (largestStep: number) =>
      jpegParts(writeJpeg(randomCoefficients(shape, { ...contents, largestStep }), { progressive: false })).frameMarker;
    assert.equal(frameOf(255), 0xc0);
    assert.equal(frameOf(9000), 0xc1);
  });
});

describe('writeJpeg, progressive', () => {
  test('writes what a decoder after the letter of T.81 reads back, in as many bytes as predicted', () => {
    fc.assert(
      fc.property(anyCoefficients, (coefficients) => {
        assertHolds(writeJpeg(coefficients, { progressive: true }), coefficients);
        assertPredicted(coefficients, { progressive: true });
      }),
      { numRuns: 150 },
    );
  });

  test('is decoded by libjpeg without a warning to the pixels of the baseline file', async () => {
    await fc.assert(
      fc.asyncProperty(anyCoefficients, async (coefficients) => {
        const progressive = await pixels(writeJpeg(coefficients, { progressive: true }));
        const baseline = await pixels(writeJpeg(coefficients, { progressive: false }));
        assert.ok(progressive.data.equals(baseline.data));
      }),
      { numRuns: 60 },
    );
  });

  test('counts more empty blocks than one run can hold', async () => {
    const shape = { width: 2048, height: 1100, sampling: [[1, 1]] } as const;
    const plane = emptyPlane(shape, 0);
    const last = plane.dc.length - 1;
    plane.counts[last] = 2;
    const coefficients = { ...shape, planes: [plane], entries: Int32Array.from([(3 << 6) | 2, (-1 << 6) | 50]) };
    const file = writeJpeg(coefficients, { progressive: true });
    const baseline = await pixels(writeJpeg(coefficients, { progressive: false }));
    assert.ok((await pixels(file)).data.equals(baseline.data));
  });
});

describe('writeJpeg', () => {
  test('takes the smaller of both when asked', () => {
    const kinds = new Set<boolean>();
    fc.assert(
      fc.property(anyCoefficients, (coefficients) => {
        const [baseline, progressive, smaller] = ([false, true, 'smaller'] as const).map((kind) =>
          predictBytes(coefficients, { progressive: kind }),
        );
        assert.equal(smaller, Math.min(baseline ?? 0, progressive ?? 0));
        const isProgressive = jpegParts(writeJpeg(coefficients, { progressive: 'smaller' })).frameMarker === 0xc2;
        assert.equal(isProgressive, (progressive ?? 0) < (baseline ?? 0));
        kinds.add(isProgressive);
      }),
      { numRuns: 100 },
    );
    assert.equal(kinds.size, 2);
  });

  test('a plan for the smallest file is written in as many bytes as it says', () => {
    fc.assert(
      fc.property(anyCoefficients, (coefficients) => {
        const plan = planSmallest(coefficients, null);
        const file = writePlan(plan);
        assert.equal(file.length - jpegParts(file).stuffed, plan.bytes);
        assertHolds(file, coefficients);
        if (plan.bytes < 10_000) assert.deepEqual(file, writeJpeg(coefficients, { progressive: 'smaller' }));
      }),
      { numRuns: 60 },
    );
  });

  test('refuses values that 8-bit pictures do not have', () => {
    const plane = emptyPlane({ width: 8, height: 8, sampling: [[1, 1]] }, 0);
    plane.counts[0] = 1;
    for (const value of [1023, -1023, 1024, -1024, 2047, 32_767]) {
      const coefficients = { width: 8, height: 8, planes: [plane], entries: Int32Array.from([(value << 6) | 1]) };
      for (const progressive of [false, true, 'smaller'] as const) {
        const write = () => writeJpeg(coefficients, { progressive });
        if (Math.abs(value) === 1023) assertHolds(write(), coefficients);
        else assert.throws(write, (error) => error instanceof JpegFault && error.kind === 'unsupported');
      }
    }
  });

  test('keeps a profile, in parts when it is long', async () => {
    const shape = {
      width: 9,
      height: 9,
      sampling: [
        [2, 2],
        [1, 1],
        [1, 1],
      ],
    } as const;
    const contents = { seed: 3, density: 0.2, largest: 9, empty: 0, largestStep: 20 };
    const coefficients = randomCoefficients(shape, contents);
    for (const size of [1, 500, 65_519, 65_520, 200_000]) {
      const icc = Uint8Array.from({ length: size }, (_, i) => i * 7);
      for (const progressive of [false, true]) {
        const file = writeJpeg(coefficients, { icc, progressive });
        assert.deepEqual(new Uint8Array(jpegParts(file).profile), icc);
        assertPredicted(coefficients, { icc, progressive });
        assert.equal((await sharp(file).metadata()).icc?.length, size);
      }
    }
  });
});
