import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Coefficients } from '../../../src/compress/jpeg/coefficients.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { Requantiser } from '../../../src/compress/jpeg/requantise.ts';
import { typicalRates } from '../../../src/compress/jpeg/symbol-rates.ts';
import { predictBytes } from '../../../src/compress/jpeg/write-jpeg.ts';
import { denseBlock } from '../../helpers/dense-coefficients.ts';
import { encoded, picture } from '../../helpers/pictures.ts';
import { anyCoefficients, emptyPlane } from '../../helpers/random-coefficients.ts';

const LAMBDA = 0.07;
const rates = typicalRates();

const anyScale = fc.double({ min: 0.001, max: 10, noNaN: true });
const anyLambda = fc.double({ min: 0.001, max: 0.4, noNaN: true });

const photo = async (): Promise<Coefficients> =>
  readCoefficients(await encoded(picture({ width: 320, height: 240 }), 'jpeg', { quality: 92 })).coefficients;

describe('Requantiser', () => {
  test('no coefficient ends up further from its value than a zero would be', () => {
    fc.assert(
      fc.property(anyCoefficients, anyScale, anyLambda, (source, scale, lambda) => {
        const made = new Requantiser(source).run({ scale, lambda, rates });
        assert.deepEqual([made.width, made.height], [source.width, source.height]);
        for (const [at, plane] of made.planes.entries()) {
          const before = source.planes[at];
          assert.ok(before !== undefined);
          assert.ok(plane.steps.every((step, k) => step >= (before.steps[k] ?? 0)));
          for (let block = 0; block < plane.dc.length; block += 1) {
            const is = denseBlock(made, plane, block);
            const was = denseBlock(source, before, block);
            for (let k = 0; k < 64; k += 1) {
              const step = plane.steps[k] ?? 0;
              const [size, error] = sizeAndError(was[k] ?? 0, before.steps[k] ?? 0, is[k] ?? 0, step);
              assert.ok(error <= Math.max(size, k === 0 ? step / 2 : 0), `${error} of ${size} at ${k}`);
              if (k > 0 && is[k] !== 0) {
                const [value, exact] = [Math.abs(is[k] ?? 0), size / step];
                // Halves go either way. One less is allowed when it has a digit less.
                const isNearest = Math.abs(value - exact) < 0.5 + 1e-9;
                const isLowered = Math.abs(value + 1 - exact) < 0.5 + 1e-9 && Math.log2(value + 1) % 1 === 0;
                assert.ok(isNearest || isLowered, `${value} for ${exact}`);
                assert.equal(Math.sign(is[k] ?? 0), Math.sign(was[k] ?? 0));
              }
            }
          }
        }
      }),
    );
  });

  test('brightness is rounded to the nearest step', () => {
    fc.assert(
      fc.property(anyCoefficients, anyScale, (source, scale) => {
        for (const [at, plane] of new Requantiser(source).run({ scale, lambda: LAMBDA, rates }).planes.entries()) {
          const before = source.planes[at];
          const [from, to] = [before?.steps[0] ?? 0, plane.steps[0] ?? 0];
          for (const [block, dc] of plane.dc.entries()) {
            assert.ok(Math.abs(dc * to - (before?.dc[block] ?? 0) * from) <= to / 2);
          }
        }
      }),
    );
  });

  test('at the finest scale, and bits for nothing, all stays as it is', () => {
    fc.assert(
      fc.property(anyCoefficients, (source) => {
        const before = structuredClone(source);
        assert.deepEqual(new Requantiser(source).run({ scale: 0.001, lambda: 1e-6, rates }), before);
        assert.deepEqual(source, before);
      }),
    );
  });

  test('the same call gives the same result, whatever was asked in between', () => {
    fc.assert(
      fc.property(anyCoefficients, anyScale, anyScale, anyLambda, (source, scale, other, lambda) => {
        const requantiser = new Requantiser(source);
        const first = structuredClone(requantiser.run({ scale, lambda, rates }));
        requantiser.run({ scale: other, lambda: LAMBDA, rates });
        assert.deepEqual(requantiser.run({ scale, lambda, rates }), first);
        assert.deepEqual(new Requantiser(source).run({ scale, lambda, rates }), first);
      }),
    );
  });

  test('results share their memory', async () => {
    const requantiser = new Requantiser(await photo());
    const first = requantiser.run({ scale: 0.5, lambda: LAMBDA, rates });
    const second = requantiser.run({ scale: 2, lambda: LAMBDA, rates });
    assert.equal(first.entries.buffer, second.entries.buffer);
    assert.equal(first.planes[0]?.counts, second.planes[0]?.counts);
  });

  test('a photo gets smaller with coarser steps and with dearer bits', async () => {
    const requantiser = new Requantiser(await photo());
    const bytes = (scale: number, lambda: number): number =>
      predictBytes(requantiser.run({ scale, lambda, rates }), { progressive: true });
    const byScale = [0.3, 0.5, 0.8, 1.3, 2, 4].map((scale) => bytes(scale, LAMBDA));
    const byLambda = [0.01, 0.03, 0.07, 0.14, 0.3].map((lambda) => bytes(0.8, lambda));
    for (const sizes of [byScale, byLambda]) {
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => b - a),
      );
      assert.ok((sizes.at(-1) ?? 0) < (sizes[0] ?? 0) * 0.9);
    }
  });

  test('what becomes zero leaves no trace, however large it was', () => {
    for (const value of [1, 31, 32, -33, 100, -127]) {
      const plane = emptyPlane({ width: 16, height: 8, sampling: [[1, 1]] }, 0);
      plane.starts.set([0, 2]);
      plane.counts.set([2, 1]);
      const entries = Int32Array.of((value << 6) | 5, (value << 6) | 62, (value << 6) | 63);
      const source = { width: 16, height: 8, planes: [plane], entries };
      // Steps of 255; 127 is less than half of one.
      const made = new Requantiser(source).run({ scale: 100, lambda: 1e-6, rates });
      assert.deepEqual([made.entries.length, ...(made.planes[0]?.counts ?? [])], [0, 0, 0], `${value}`);
    }
  });

  test('blocks may share their coefficients, or leave some to nobody', async () => {
    const { planes, entries, ...size } = await photo();
    const doubled = planes.map((plane) => ({ ...plane, starts: plane.starts.map(() => plane.starts[7] ?? 0) }));
    const counted = doubled.map((plane) => ({ ...plane, counts: plane.counts.map(() => plane.counts[7] ?? 0) }));
    const source = { ...size, planes: counted, entries };
    const made = new Requantiser(source).run({ scale: 0.7, lambda: LAMBDA, rates });
    for (const plane of made.planes) {
      const first = denseBlock(made, plane, 0).subarray(1);
      for (let block = 1; block < plane.dc.length; block += 1) {
        assert.deepEqual(denseBlock(made, plane, block).subarray(1), first);
      }
    }
  });
});

const sizeAndError = (was: number, from: number, is: number, to: number): [size: number, error: number] => [
  Math.abs(was * from),
  Math.abs(was * from - is * to),
];
