import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { searchQuality } from '../../src/compress/search-quality.ts';

const FLOOR = 40;
const CEILING = 90;

interface Simulated {
  /** Bytes at quality 65. */
  readonly size: number;
  /** Growth of ln(bytes) for one step of quality, and how it changes over the scale. */
  readonly growth: number;
  readonly bend: number;
  /** Share by which sizes jump about. */
  readonly noise: number;
  readonly seed: number;
}

/** An encoder whose files are only as long as real ones would be. */
const simulate = ({ size, growth, bend, noise, seed }: Simulated) => {
  const sizeAt = (quality: number): number => {
    const x = quality - 65;
    const jitter = Math.sin(seed + quality * 12.9898) * noise;
    return Math.max(1, Math.round(size * Math.exp(growth * x + bend * x * x) * (1 + jitter)));
  };
  return { sizeAt, encode: async (quality: number) => Buffer.alloc(sizeAt(quality), quality) };
};

const search = (simulated: Simulated, budget: number, start = 75) => {
  const encoder = simulate(simulated);
  const tried: number[] = [];
  const encode = (quality: number) => {
    tried.push(quality);
    return encoder.encode(quality);
  };
  const plan = { encode, budget, floor: FLOOR, ceiling: CEILING, axis: (q: number) => q, start, slope: 0.035 };
  return searchQuality(plan).then((result) => ({ ...result, tried, sizeAt: encoder.sizeAt }));
};

const encoders = (noise: number) =>
  fc.record({
    size: fc.integer({ min: 500, max: 20_000 }),
    growth: fc.double({ min: 0.012, max: 0.08, noNaN: true }),
    // Keeps the curve rising from floor to ceiling.
    bend: fc.double({ min: -0.0001, max: 0.0004, noNaN: true }),
    noise: fc.constant(noise),
    seed: fc.integer({ min: 0, max: 1000 }),
  });
const budgets = fc.integer({ min: 100, max: 40_000 });

describe('searchQuality', () => {
  test('whatever the encoder does: at most six encodes, nothing twice, never over budget unless it is the floor', async () => {
    await fc.assert(
      fc.asyncProperty(encoders(0.3), budgets, fc.integer({ min: 1, max: 100 }), async (simulated, budget, start) => {
        const { best, end, encodes, tried } = await search(simulated, budget, start);
        assert.ok(encodes <= 6 && encodes === tried.length);
        assert.equal(new Set(tried).size, tried.length, 'no quality is tried twice');
        assert.ok(tried.every((quality) => quality >= FLOOR && quality <= CEILING));
        assert.equal(best.bytes[0], best.quality, 'the buffer is the one of the quality named');
        if (end === 'floor') assert.ok(best.quality === FLOOR && best.bytes.length > budget);
        else assert.ok(best.bytes.length <= budget);
        if (end === 'ceiling') assert.equal(best.quality, CEILING);
      }),
      { numRuns: 400 },
    );
  });

  test('with a rising curve: floor and ceiling are told rightly, and the window is met where a quality meets it', async () => {
    let [searches, hits, encodesInAll] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(encoders(0.002), budgets, async (simulated, budget) => {
        const { best, end, encodes, sizeAt } = await search(simulated, budget);
        assert.equal(end === 'floor', sizeAt(FLOOR) > budget);
        if (end === 'floor') return;
        const qualities = Array.from({ length: CEILING - FLOOR + 1 }, (_, i) => FLOOR + i);
        const inWindow = qualities.filter((q) => sizeAt(q) <= budget && sizeAt(q) >= budget * 0.95);
        if (inWindow.length === 0 || end === 'ceiling') return;
        searches += 1;
        encodesInAll += encodes;
        if (best.bytes.length >= budget * 0.95) hits += 1;
      }),
      { numRuns: 600, seed: 7 },
    );
    assert.ok(searches > 100, `${searches} searches looked at`);
    assert.ok(hits / searches > 0.97, `${hits} of ${searches} met the window`);
    assert.ok(encodesInAll / searches < 3.2, `${encodesInAll / searches} encodes on average`);
  });

  test('a good first guess is all it takes', async () => {
    const { encodes, end } = await search({ size: 1000, growth: 0.03, bend: 0, noise: 0, seed: 0 }, 1020, 65);
    assert.deepEqual([encodes, end], [1, 'met']);
  });

  test('a wasteful source stops at the ceiling instead of filling the budget', async () => {
    const { best, end } = await search({ size: 100, growth: 0.03, bend: 0, noise: 0, seed: 0 }, 10_000);
    assert.deepEqual([best.quality, end], [CEILING, 'ceiling']);
    assert.ok(best.bytes.length < 1000);
  });

  test('when nothing fits until the last encode, that one settles whether the floor does', async () => {
    // Sizes that creep: each step down gains next to nothing, and only the floor itself is small.
    const tried: number[] = [];
    const encode = async (quality: number) => {
      tried.push(quality);
      return Buffer.alloc(quality === FLOOR ? 900 : 1500 + quality, quality);
    };
    const plan = { encode, budget: 1000, floor: FLOOR, ceiling: CEILING, axis: (q: number) => q, slope: 0.2 };
    const { best, end } = await searchQuality({ ...plan, start: CEILING });
    assert.deepEqual([best.quality, end, tried.length], [FLOOR, 'met', 6]);
  });

  test('an encoder that fails is not hidden', async () => {
    const encode = () => Promise.reject(new Error('no'));
    const plan = { encode, budget: 1, floor: 1, ceiling: 9, axis: (q: number) => q, start: 5, slope: 1 };
    await assert.rejects(searchQuality(plan), /no/);
  });
});
