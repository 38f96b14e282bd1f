import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { AppError } from '../../src/core/errors.ts';
import { DEFAULT_OPTIONS } from '../../src/core/options.ts';
import { encoded, picture } from '../helpers/pictures.ts';

const run = async (source: Buffer) => compressImage(source, await inspectImage(source), DEFAULT_OPTIONS);
const photo = picture({ width: 160, height: 120 });
const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const;

describe('damaged files', () => {
  for (const format of FORMATS) {
    for (const share of [0.5, 0.9]) {
      test(`${format} cut off at ${share * 100} %`, async () => {
        const file = await encoded(photo, format);
        await assert.rejects(run(file.subarray(0, Math.floor(file.length * share))), (error) => {
          assert.ok(error instanceof AppError);
          assert.equal(error.code, 'truncated_image');
          assert.equal(error.retryable, false);
          return true;
        });
      });
    }

    test(`${format} with flipped bytes: refused with a code, or compressed`, async () => {
      const file = await encoded(photo, format);
      const flips = fc.array(fc.record({ at: fc.nat(file.length - 1), bit: fc.nat(7) }), {
        minLength: 1,
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(flips, async (flipped) => {
          const damaged = Buffer.from(file);
          for (const { at, bit } of flipped) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
          try {
            const { bytes } = await run(damaged);
            assert.ok(bytes.length <= damaged.length);
          } catch (error) {
            assert.ok(error instanceof AppError, String(error));
          }
        }),
        { numRuns: format === 'avif' ? 10 : 25 },
      );
    });
  }

  test('a JPEG with bytes between its segments, as browsers show it, is taken', async () => {
    const file = await encoded(photo, 'jpeg');
    const app0 = 2 + 2 + file.readUInt16BE(4);
    const odd = Buffer.concat([file.subarray(0, app0), Buffer.from([0, 0, 0]), file.subarray(app0)]);
    const { outcome, format } = await run(odd);
    assert.deepEqual([outcome, format], ['met', 'jpeg']);
  });
});
