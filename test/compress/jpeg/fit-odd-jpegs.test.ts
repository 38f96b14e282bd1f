import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fitJpeg, jpegAtQuality } from '../../../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { assertDecodes } from '../../helpers/assert-decodes.ts';
import { oddJpeg, SAMPLINGS } from '../../helpers/odd-jpegs.ts';
import { anyCoefficients } from '../../helpers/random-coefficients.ts';

const RANGE = { floor: 25, ceiling: 90 };
const SIZES = [[1, 1], [1, 9], [8, 8], [9, 16], [17, 1], [16, 33], [17, 33], [33, 17], [65, 47]] as const; // biome-ignore format: a table

describe('pictures of every sampling', () => {
  for (const sampling of Object.keys(SAMPLINGS)) {
    test(`${sampling}, of odd sizes, with restarts or a scan for each component`, async () => {
      for (const [at, [width, height]] of SIZES.entries()) {
        const ways = { restartInterval: at % 3 === 1 ? 1 + at : 0, alone: at % 3 === 2 };
        const file = oddJpeg({ width, height, sampling, seed: at, ...ways });
        const { coefficients } = readCoefficients(file);
        const name = `${sampling} ${width} × ${height}`;
        const budget = Math.floor(file.length * 0.6);
        const { bytes, end } = fitJpeg(coefficients, { ...RANGE, budget });
        assert.equal(bytes.length > budget, end === 'floor', name);
        await assertDecodes(bytes, { width, height }, name);
        const quality = [10, 50, 95][at % 3] ?? 50;
        await assertDecodes(jpegAtQuality(coefficients, { quality }), { width, height }, name);
      }
    });
  }
});

describe('coefficients that no encoder would make', () => {
  test('become a file that is decoded without a warning, or are refused', async () => {
    const seen = { made: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(anyCoefficients, fc.double({ min: 0.1, max: 1.2, noNaN: true }), async (picture, share) => {
        try {
          const most = jpegAtQuality(picture, { quality: 95 });
          const budget = Math.ceil(most.length * share);
          const { bytes, end } = fitJpeg(picture, { ...RANGE, budget });
          assert.equal(bytes.length > budget, end === 'floor');
          await assertDecodes(bytes, picture, 'fitted');
          await assertDecodes(most, picture, 'at quality 95');
          seen.made += 1;
        } catch (error) {
          if (!(error instanceof JpegFault)) throw error;
          assert.equal(error.kind, 'unsupported');
          seen.refused += 1;
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(seen.made > seen.refused, `${seen.refused} refused`);
  });
});
