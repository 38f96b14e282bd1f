import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { qualityOf, scaleOf, sourceScale, stepsAt } from '../../../src/compress/jpeg/quantisation-tables.ts';
import { emptyPlane } from '../../helpers/random-coefficients.ts';

const SHAPE = { width: 8, height: 8, sampling: [[1, 1]] } as const;

const planeWith = (steps: ArrayLike<number>) => ({ ...emptyPlane(SHAPE, 0), steps: Uint16Array.from(steps) });

const finest = planeWith(new Array(64).fill(1));
const anySteps = fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 64, maxLength: 64 });
const anyScale = fc.double({ min: 0, max: 200, noNaN: true });

describe('stepsAt', () => {
  test('gives steps a baseline file can hold, and none finer than the source has', () => {
    fc.assert(
      fc.property(anySteps, anyScale, (sourceSteps, scale) => {
        const steps = stepsAt(scale, planeWith(sourceSteps));
        assert.equal(steps.length, 64);
        for (const [k, step] of steps.entries()) {
          const own = sourceSteps[k] ?? 0;
          assert.ok(step >= own && (step === own || step <= 255), `${step} for ${own}`);
        }
      }),
    );
  });

  test('no step gets finer as the scale grows, and all get as coarse as they can', () => {
    fc.assert(
      fc.property(anySteps, anyScale, anyScale, (sourceSteps, a, b) => {
        const source = planeWith(sourceSteps);
        const coarse = stepsAt(Math.max(a, b), source);
        assert.ok(stepsAt(Math.min(a, b), source).every((step, k) => step <= (coarse[k] ?? 0)));
      }),
    );
    assert.ok(stepsAt(1000, finest).every((step) => step === 255));
    assert.ok(stepsAt(0, finest).every((step) => step === 1));
  });

  test('few steps change at once: sizes can be met as finely as the scale', () => {
    let before = stepsAt(0.4, finest);
    for (let scale = 0.4; scale < 1; scale += 0.0005) {
      const steps = stepsAt(scale, finest);
      const changed = steps.filter((step, k) => step !== before[k]).length;
      assert.ok(changed <= 10, `${changed} at ${scale}`);
      before = steps;
    }
  });
});

describe('scales and qualities', () => {
  test('are those of libjpeg', () => {
    const scales = [1, 10, 25, 50, 75, 90].map(scaleOf);
    assert.deepEqual(
      scales.map((scale) => Math.round(scale * 1000)),
      [50_000, 5000, 2000, 1000, 500, 200],
    );
    // Sizes are searched over the logarithm of the scale.
    assert.ok(scaleOf(100) > 0);
    assert.deepEqual(stepsAt(scaleOf(100), finest), finest.steps);
  });

  test('lead to each other and back', () => {
    for (let quality = 1; quality <= 100; quality += 1) {
      assert.equal(qualityOf(scaleOf(quality)), quality);
      if (quality > 1) assert.ok(scaleOf(quality) < scaleOf(quality - 1));
    }
  });

  test('every scale has a quality', () => {
    assert.equal(qualityOf(1e9), 1);
    fc.assert(
      fc.property(anyScale, (scale) => {
        const quality = qualityOf(scale);
        assert.ok(Number.isInteger(quality) && quality >= 1 && quality <= 100);
      }),
    );
  });

  test('the scale of a picture is found again from its steps', () => {
    const of = (steps: Uint16Array) =>
      sourceScale({ width: 8, height: 8, planes: [planeWith(steps)], entries: new Int32Array(0) });
    for (const scale of [0.2, 0.5, 1, 2, 4]) {
      const found = of(stepsAt(scale, finest));
      assert.ok(found > scale * 0.8 && found < scale * 1.25, `${found} for ${scale}`);
    }
    assert.ok(of(stepsAt(0, finest)) > 0);
  });
});
