import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Coefficients } from '../../../src/compress/jpeg/coefficients.ts';
import { Estimate, LAMBDA } from '../../../src/compress/jpeg/estimate-size.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { Requantiser } from '../../../src/compress/jpeg/requantise.ts';
import { weightOf } from '../../../src/compress/jpeg/take-tiles.ts';
import { predictBytes } from '../../../src/compress/jpeg/write-jpeg.ts';
import { encoded, gray, type Picture, picture } from '../../helpers/pictures.ts';

describe('Estimate', () => {
  const subjects: { readonly name: string; readonly coefficients: Coefficients }[] = [];

  before(async () => {
    const add = async (name: string, source: Picture, options: object): Promise<void> => {
      const file = await encoded(source, 'jpeg', { quality: 92, ...options });
      subjects.push({ name, coefficients: readCoefficients(file).coefficients });
    };
    const photo = picture({ width: 1100, height: 900, seed: 3 });
    await add('4:2:0', photo, {});
    await add('4:4:4', photo, { chromaSubsampling: '4:4:4' });
    await add('gray', gray(photo), { progressive: true });
    await add('small', picture({ width: 200, height: 120 }), {});
    await add('letters', picture({ width: 1000, height: 900, kind: 'flat' }), {});
  });

  test('predicts the bytes of the whole', () => {
    for (const { name, coefficients } of subjects) {
      const requantiser = new Requantiser(coefficients);
      for (const scale of [0.4, 1, 1.8]) {
        for (const [blocks, limit] of [
          [2_000, 0.1],
          [10_000, 0.03],
          [1e9, 0.005],
        ] as const) {
          // biome-ignore format: a table
          const estimate = new Estimate(coefficients, blocks);
          estimate.learn(scale);
          const predicted = estimate.sizer(weightOf(coefficients))(scale);
          const made = requantiser.run({ scale, lambda: LAMBDA, rates: estimate.rates });
          const error = predicted / predictBytes(made, { progressive: true }) - 1;
          assert.ok(Math.abs(error) < limit, `${name} at ${scale}, ${blocks} blocks: ${error}`);
        }
      }
    }
  });

  test('falls as steps grow, and asks the same twice with nearly the same answer', () => {
    for (const { name, coefficients } of subjects) {
      const estimate = new Estimate(coefficients, 5_000);
      estimate.learn(0.3);
      const bytesAt = estimate.sizer(weightOf(coefficients));
      const sizes = [0.3, 0.6, 1.2, 2.4, 4.8].map(bytesAt);
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
        name,
      );
      estimate.learn(0.3);
      const again = bytesAt(0.6);
      assert.ok(Math.abs(again / (sizes[1] ?? 0) - 1) < 0.01, `${name}: ${again} after ${sizes[1]}`);
    }
  });
});
