import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countSymbols, emptyHistograms } from '../../../src/compress/jpeg/block-statistics.ts';
import { Requantiser } from '../../../src/compress/jpeg/requantise.ts';
import { BIT, ratesOf, type SymbolRates } from '../../../src/compress/jpeg/symbol-rates.ts';
import { type Candidate, costOf, leastCost } from '../../helpers/block-choices.ts';
import { denseBlock } from '../../helpers/dense-coefficients.ts';
import { emptyPlane, randomCoefficients, randomFrom } from '../../helpers/random-coefficients.ts';

/** A coefficient, or what is left of it. */
type Coefficient = readonly [index: number, value: number];
/** Blocks of a gray picture. */
type Blocks = readonly (readonly Coefficient[])[];

/** A coefficient of 1 is worth 4 bits then, one of 2 is worth 16: the square of the value, divided by lambda. */
const LAMBDA = 0.25;

/** The steps are so coarse that they stay, and so do the values; what goes, goes for its cost. */
const requantised = (blocks: Blocks, rates: SymbolRates, lambda = LAMBDA): Coefficient[][] => {
  const shape = { width: 8 * blocks.length, height: 8, sampling: [[1, 1]] } as const;
  const plane = emptyPlane(shape, 0);
  plane.steps.fill(255);
  let length = 0;
  for (const [at, block] of blocks.entries()) {
    plane.starts[at] = length;
    plane.counts[at] = block.length;
    length += block.length;
  }
  const entries = Int32Array.from(blocks.flat(), ([index, value]) => (value << 6) | index);
  const source = { width: shape.width, height: 8, planes: [plane], entries };
  const made = new Requantiser(source).run({ scale: 1, lambda, rates: [rates, rates] });
  const [target] = made.planes;
  assert.ok(target !== undefined);
  assert.deepEqual(target.steps, plane.steps);
  return blocks.map((_, at) =>
    [...denseBlock(made, target, at).entries()].filter(([index, value]) => index > 0 && value !== 0),
  );
};

/** Every coefficient costs `bits`, or `afterLongRun` when ten zeros or more stand before it; an end costs `end`. */
const ratesWith = (bits: number, { afterLongRun = bits, end = 0 } = {}): SymbolRates => {
  const coefficients = new Int32Array(64 << 4).fill(bits * BIT);
  coefficients.fill(afterLongRun * BIT, 10 << 4);
  return { coefficients, endOfBlock: end * BIT };
};

/** Rates of a picture with a little of everything. */
const pictureRates = (seed: number): SymbolRates => {
  const contents = { seed, density: 0.15, largest: 5, empty: 0.2, largestStep: 1 };
  const histograms = emptyHistograms();
  countSymbols(randomCoefficients({ width: 400, height: 400, sampling: [[1, 1]] }, contents), histograms);
  return ratesOf(histograms)[0];
};

const randomBlocks = (seed: number, count: number, most: number, largest: number): Blocks => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const indices = new Set<number>();
    const wanted = Math.floor(random() * (most + 1));
    while (indices.size < wanted) indices.add(1 + Math.floor(63 * random() ** 2));
    const sorted = [...indices].sort((a, b) => a - b);
    return sorted.map((index) => [index, (random() < 0.5 ? -1 : 1) * Math.ceil((largest + 1) ** random() - 0.5)]);
  });
};

const candidatesOf = (block: readonly Coefficient[], lambda: number): readonly Candidate[] =>
  block.map(([index, value]) => ({ index, value, worth: value ** 2 / lambda }));

const indicesOf = (block: readonly Coefficient[] = []): readonly number[] => block.map(([index]) => index);

describe('which coefficients stay', () => {
  test('those worth more than they cost', () => {
    const block: Blocks = [[[1, 1]], [[30, -1]], [], [[5, 2]]];
    assert.deepEqual(requantised(block, ratesWith(3.9)), block);
    assert.deepEqual(requantised(block, ratesWith(4.1)), [[], [], [], [[5, 2]]]);
    assert.deepEqual(requantised(block, ratesWith(15.9)), [[], [], [], [[5, 2]]]);
    assert.deepEqual(requantised(block, ratesWith(16.1)), [[], [], [], []]);
  });

  test('the end that the last coefficient of all saves counts', () => {
    assert.deepEqual(requantised([[[63, 1]]], ratesWith(4.5)), [[]]);
    assert.deepEqual(requantised([[[63, 1]]], ratesWith(4.5, { end: 1 })), [[[63, 1]]]);
    assert.deepEqual(requantised([[[62, 1]]], ratesWith(4.5, { end: 1 })), [[]]);
  });

  test('a dear one stays when it makes the next one cheaper by more', () => {
    const block = [[8, 1], [15, 10]] as const; // biome-ignore format: a block in one line
    assert.deepEqual(requantised([block], ratesWith(4.5, { afterLongRun: 20 })), [block]);
    assert.deepEqual(requantised([block], ratesWith(4.5)), [[[15, 10]]]);
  });

  test('a block ends where the rest together is not worth its bits', () => {
    // 14 costs 20 bits and saves 15 seventeen; together they are worth 8.
    const rates = ratesWith(3, { afterLongRun: 20 });
    const start = [[2, 10], [14, 1], [15, 1]] as const; // biome-ignore format: as above
    assert.deepEqual(requantised([start], rates), [[[2, 10]]]);
    const more = [16, 17, 18].map((index) => [index, 2] as const);
    assert.deepEqual(requantised([[...start, ...more]], rates), [[...start, ...more]]);
  });

  test('a large one does, though none of its symbols has ever been seen', () => {
    const histograms = emptyHistograms();
    histograms.ac[0][0x00] = 1_000_000;
    histograms.ac[0][0x01] = 1_000_000;
    const [rates] = ratesOf(histograms);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 63 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 40, max: 1023 }),
        (indices, value) => {
          const block = indices.sort((a, b) => a - b).map((index): Coefficient => [index, value]);
          assert.deepEqual(indicesOf(requantised([block], rates)[0]), indices);
        },
      ),
    );
  });

  test('no block costs more than with all of its coefficients or with none', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.02, max: 0.38, noNaN: true }),
        fc.constantFrom(1, 3, 30, 1023),
        (seed, lambda, largest) => {
          const rates = pictureRates(seed % 5);
          const blocks = randomBlocks(seed, 40, 25, largest);
          for (const [at, found] of requantised(blocks, rates, lambda).entries()) {
            const all = candidatesOf(blocks[at] ?? [], lambda);
            const kept = all.filter(({ index }) => indicesOf(found).includes(index));
            assert.deepEqual(
              found,
              kept.map(({ index, value }) => [index, value]),
            );
            const cost = costOf(kept, all, rates);
            // Costs are rounded to parts of a bit.
            assert.ok(cost <= costOf(all, all, rates) + all.length / BIT, 'all would be cheaper');
            assert.ok(cost <= costOf([], all, rates) + all.length / BIT, 'none would be cheaper');
          }
        },
      ),
    );
  });

  test('the choice costs little more than the best of all', () => {
    let [taken, least] = [0, 0];
    for (const lambda of [0.08, 0.15, 0.25, 0.35]) {
      const rates = pictureRates(1 + Math.round(lambda * 100));
      const blocks = randomBlocks(Math.round(lambda * 1000), 250, 9, 3);
      for (const [at, found] of requantised(blocks, rates, lambda).entries()) {
        const all = candidatesOf(blocks[at] ?? [], lambda);
        const kept = all.filter(({ index }) => indicesOf(found).includes(index));
        const best = leastCost(all, rates);
        const cost = costOf(kept, all, rates);
        assert.ok(cost >= best - 1e-9);
        taken += cost;
        least += best;
      }
    }
    assert.ok(taken < least * 1.02, `${taken} bits, ${least} at best`);
  });

  test('none is lost where one lot of blocks ends and the next begins', () => {
    const blocks = randomBlocks(5, 1000, 63, 1023);
    assert.deepEqual(requantised(blocks, ratesWith(1, { end: 1 }), 0.01), blocks);
  });
});
