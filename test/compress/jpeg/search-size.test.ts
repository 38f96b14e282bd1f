import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type SettingFound, type SizeSearch, searchSize } from '../../../src/compress/jpeg/search-size.ts';
import { randomFrom } from '../../helpers/random-coefficients.ts';

type Curve = (setting: number) => number;

interface Story {
  readonly found: SettingFound;
  readonly asked: readonly number[];
  readonly sizes: ReadonlyMap<number, number>;
}

const run = (search: Omit<SizeSearch, 'sizeAt'>, curve: Curve): Story => {
  const asked: number[] = [];
  const sizes = new Map<number, number>();
  const sizeAt = (setting: number): number => {
    asked.push(setting);
    const size = curve(setting);
    sizes.set(setting, size);
    return size;
  };
  return { found: searchSize({ ...search, sizeAt }), asked, sizes };
};

/** Bytes fall with a power of the setting; a header stays. */
const anyFalling = fc
  .record({
    at1: fc.integer({ min: 50, max: 3_000_000 }),
    slope: fc.double({ min: -2, max: -0.15, noNaN: true }),
    header: fc.integer({ min: 0, max: 700 }),
  })
  .map(
    ({ at1, slope, header }): Curve =>
      (setting) =>
        Math.ceil(header + at1 * setting ** slope),
  );

/** As real ones: falling, but in steps. */
const anyStepped = fc.tuple(anyFalling, fc.double({ min: 1.02, max: 3, noNaN: true })).map(
  ([curve, ratio]): Curve =>
    (setting) =>
      curve(ratio ** Math.floor(Math.log(setting) / Math.log(ratio))),
);

const anyFlat = fc.integer({ min: 1, max: 1_000_000 }).map(
  (size): Curve =>
    () =>
      size,
);

/** Falling, with steps back. */
const anyRough = fc.tuple(anyFalling, fc.double({ min: 0, max: 0.3, noNaN: true })).map(([curve, roughness]): Curve => {
  return (setting) => Math.ceil(curve(setting) * (1 + roughness * (randomFrom(setting * 1e6)() - 0.5)));
});

const anyChaos = fc.integer().map(
  (seed): Curve =>
    (setting) =>
      1 + Math.floor(1e6 * randomFrom(seed + setting * 1e6)()),
);

const anyCurve = fc.oneof(anyFalling, anyStepped, anyFlat, anyRough, anyChaos);

const anySearch = fc
  .record({
    most: fc.integer({ min: 1, max: 2_000_000 }),
    share: fc.double({ min: 0.9, max: 0.995, noNaN: true }),
    finest: fc.double({ min: 0.001, max: 2, noNaN: true }),
    range: fc.double({ min: 1.01, max: 100, noNaN: true }),
    start: fc.double({ min: 0.0001, max: 300, noNaN: true }),
    slope: fc.constantFrom(-0.13, -0.75, -1.5),
    tries: fc.integer({ min: 2, max: 10 }),
  })
  .map(({ most, share, finest, range, ...rest }) => ({
    ...rest,
    most,
    least: most * share,
    finest,
    coarsest: finest * range,
  }));

describe('searchSize', () => {
  test('ends in time, within the settings allowed, with the finest that fitted', () => {
    fc.assert(
      fc.property(anySearch, anyCurve, (search, curve) => {
        const { found, asked, sizes } = run(search, curve);
        assert.ok(asked.length <= search.tries, `${asked.length} tries`);
        assert.ok(asked.every((setting) => setting >= search.finest && setting <= search.coarsest));
        assert.equal(found.size, sizes.get(found.setting));
        const fitting = asked.filter((setting) => (sizes.get(setting) ?? 0) <= search.most);
        assert.equal(found.end === 'coarsest', fitting.length === 0);
        if (found.end === 'coarsest') assert.equal(found.setting, search.coarsest);
        else assert.equal(found.setting, Math.min(...fitting));
        assert.equal(found.end === 'finest', fitting.includes(search.finest));
      }),
      { numRuns: 2000 },
    );
  });

  test('finds what fits whenever the coarsest does, and says so when the finest does', () => {
    fc.assert(
      fc.property(anySearch, fc.oneof(anyFalling, anyStepped), (search, curve) => {
        const { found } = run(search, curve);
        if (curve(search.coarsest) > search.most) assert.equal(found.end, 'coarsest');
        else assert.ok(found.size <= search.most);
        if (curve(search.finest) > search.most) assert.notEqual(found.end, 'finest');
      }),
      { numRuns: 1000 },
    );
  });

  test('meets the size in six tries on curves as photographs have them, from any start', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1.1, max: -0.4, noNaN: true }),
        fc.integer({ min: 30_000, max: 3_000_000 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (slope, at1, goal, start) => {
          const curve: Curve = (setting) => Math.ceil(600 + at1 * setting ** slope);
          const most = curve(goal);
          const search = { most, least: most * 0.98, finest: 0.1, coarsest: 10, start, slope: -0.75, tries: 6 };
          const { found } = run(search, curve);
          assert.equal(found.end, 'met');
          assert.ok(found.size >= search.least, `${found.size} of ${most}`);
        },
      ),
    );
  });

  test('comes near a jump, whichever side of it the sizes point to', () => {
    const search = { most: 101, least: 100.5, finest: 0.5, coarsest: 8, start: 0.5, slope: -0.75, tries: 12 };
    for (const jump of [0.6, 1, 2, 4, 7]) {
      const { found } = run(search, (setting) => (setting < jump ? 10_000 : 100));
      assert.equal(found.end, 'met');
      assert.ok(found.setting >= jump && found.setting < jump * 1.7, `${found.setting} for ${jump}`);
    }
  });

  test('one try is enough when the start is right', () => {
    const search = { most: 1000, least: 990, finest: 0.1, coarsest: 10, start: 2, slope: -0.75, tries: 6 };
    const { found, asked } = run(search, () => 995);
    assert.deepEqual([found, asked], [{ end: 'met', setting: 2, size: 995 }, [2]]);
  });

  test('nothing is impossible to ask for: no budget, more than any', () => {
    const search = { finest: 0.001, coarsest: 4, start: 1, slope: -0.75, tries: 6 };
    const curve: Curve = (setting) => 1000 / setting;
    assert.equal(run({ ...search, least: 0, most: 0 }, curve).found.end, 'coarsest');
    const { found } = run({ ...search, least: 1e15, most: 1e15 }, curve);
    assert.deepEqual([found.end, found.setting], ['finest', 0.001]);
  });
});
