import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Coefficients } from '../../../src/compress/jpeg/coefficients.ts';
import { takeTiles, weightOf } from '../../../src/compress/jpeg/take-tiles.ts';
import { predictBytes, writeJpeg } from '../../../src/compress/jpeg/write-jpeg.ts';
import { emptyPlane, type PictureShape, randomCoefficients } from '../../helpers/random-coefficients.ts';

const SAMPLINGS: readonly PictureShape['sampling'][] = [
  [[1, 1]],
  [[1, 1], [1, 1], [1, 1]], // biome-ignore format: a table
  [[2, 2], [1, 1], [1, 1]], // biome-ignore format: a table
  [[2, 1], [1, 1], [1, 1]], // biome-ignore format: a table
  [[1, 2], [1, 1], [1, 1]], // biome-ignore format: a table
];

const anyPicture = fc
  .record({
    width: fc.integer({ min: 1, max: 700 }),
    height: fc.integer({ min: 1, max: 500 }),
    sampling: fc.constantFrom(...SAMPLINGS),
    seed: fc.integer(),
    density: fc.constantFrom(0, 0.05, 0.2),
    largest: fc.constantFrom(1, 9),
    empty: fc.constantFrom(0, 0.8),
    largestStep: fc.constant(20),
  })
  .map((what) => randomCoefficients(what, what));

/** A picture whose blocks tell where they stand: block `b` has the entry `b`. */
const numbered = (shape: PictureShape): Coefficients => {
  const planes = shape.sampling.map((_, at) => emptyPlane(shape, at));
  for (const plane of planes) {
    for (const block of plane.starts.keys()) plane.starts[block] = block;
    plane.counts.fill(1);
  }
  const most = Math.max(...planes.map(({ dc }) => dc.length));
  return { ...shape, planes, entries: new Int32Array(most).fill((1 << 6) | 1) };
};

const weigh = (picture: Coefficients): number => predictBytes(picture, { progressive: true });

describe('takeTiles', () => {
  test('every block of the sample is one of the whole, none is there twice', () => {
    let reduced = 0;
    fc.assert(
      fc.property(anyPicture, fc.integer({ min: 20, max: 2000 }), (whole, blocks) => {
        const sample = takeTiles(whole, blocks);
        assert.equal(sample.entries, whole.entries);
        if (sample === whole) return;
        reduced += 1;
        assert.ok(weightOf(sample) < weightOf(whole));
        for (const [at, plane] of sample.planes.entries()) {
          const before = whole.planes[at];
          assert.ok(before !== undefined);
          assert.deepEqual([plane.h, plane.v, plane.steps], [before.h, before.v, before.steps]);
          const places = new Set(Array.from(before.starts, (start, i) => `${start} ${before.counts[i]}`));
          for (const [i, start] of plane.starts.entries()) assert.ok(places.has(`${start} ${plane.counts[i]}`));
          assert.ok(plane.dc.every((dc) => dc >= -1024 && dc <= 1023));
        }
      }),
    );
    assert.ok(reduced > 20, `only ${reduced} had anything to leave out`);
  });

  test('planes stay together: their tiles are from the same places, side by side as they were', () => {
    for (const sampling of SAMPLINGS) {
      const whole = numbered({ width: 1730, height: 910, sampling });
      const sample = takeTiles(whole, 3000);
      assert.notEqual(sample, whole);
      const placesOf = (at: number): string[] => {
        const [plane, before] = [sample.planes[at], whole.planes[at]];
        assert.ok(plane !== undefined && before !== undefined);
        const mcus: string[] = [];
        for (let line = 0; line < plane.lines; line += 1) {
          for (let column = 0; column < plane.stride; column += 1) {
            const from: number = plane.starts[line * plane.stride + column] ?? 0;
            const y = Math.floor(from / before.stride);
            const x: number = from % before.stride;
            assert.deepEqual([y % plane.v, x % plane.h], [line % plane.v, column % plane.h]);
            if (line % plane.v === 0 && column % plane.h === 0) mcus.push(`${x / plane.h},${y / plane.v}`);
          }
        }
        return mcus;
      };
      const places = placesOf(0);
      assert.equal(new Set(places).size, places.length);
      for (const at of sample.planes.keys()) assert.deepEqual(placesOf(at), places);
    }
  });

  test('no part of the width or height is favoured, whatever the size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 2000 }),
        fc.integer({ min: 64, max: 2000 }),
        fc.integer({ min: 800, max: 5000 }),
        (width, height, blocks) => {
          const whole = numbered({ width, height, sampling: [[1, 1]] });
          const sample = takeTiles(whole, blocks);
          const [plane, before] = [sample.planes[0], whole.planes[0]];
          assert.ok(plane !== undefined && before !== undefined);
          const thirds = { across: [0, 0, 0], down: [0, 0, 0] };
          for (const from of plane.starts) {
            const x = Math.floor((3 * (from % before.stride)) / before.stride);
            const y = Math.floor((3 * Math.floor(from / before.stride)) / before.lines);
            thirds.across[x] = (thirds.across[x] ?? 0) + 1;
            thirds.down[y] = (thirds.down[y] ?? 0) + 1;
          }
          const all = plane.starts.length;
          for (const [direction, counts] of Object.entries(thirds)) {
            // Tiles are eight blocks wide: narrow pictures have only a few columns of them.
            const isCoarse = direction === 'across' && before.stride < 100;
            const least = isCoarse ? 0.1 : 0.2;
            assert.ok(
              counts.every((count) => count > all * least),
              `${width} × ${height}, ${blocks} blocks, ${direction}: ${counts} of ${all}`,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('gives a picture that can be written', async () => {
    for (const sampling of SAMPLINGS) {
      const contents = { seed: 4, density: 0.1, largest: 5, empty: 0.2, largestStep: 20 };
      const sample = takeTiles(randomCoefficients({ width: 700, height: 500, sampling }, contents), 400);
      assert.ok(sample.width * sample.height < 700 * 500);
      for (const progressive of [false, true]) {
        const file = writeJpeg(sample, { progressive });
        const { info } = await sharp(file, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
        assert.deepEqual([info.width, info.height], [sample.width, sample.height]);
      }
    }
  });

  test('tiles are coded as in their place: differences of brightness within and before them', () => {
    const shape = { width: 640, height: 640, sampling: SAMPLINGS[0] ?? [] };
    const whole = numbered(shape);
    const [before] = whole.planes;
    for (const at of before?.dc.keys() ?? []) if (before) before.dc[at] = Math.round(300 * Math.sin(at / 40));
    const [plane] = takeTiles(whole, 1000).planes;
    assert.ok(plane !== undefined && before !== undefined);
    let same = 0;
    for (const [i, from] of plane.starts.entries()) {
      const difference = (plane.dc[i] ?? 0) - (plane.dc[i - 1] ?? 0);
      if (difference === (before.dc[from] ?? 0) - (before.dc[from - 1] ?? 0)) same += 1;
    }
    assert.ok(same > plane.dc.length * 0.95, `${same} of ${plane.dc.length}`);
  });

  test('its weight tells how much more there is in the whole, also when detail is in one place', () => {
    const contents = { seed: 8, density: 0.2, largest: 5, empty: 0.2, largestStep: 20 };
    for (const [width, height] of [
      [1024, 1024],
      [1700, 700],
      [600, 1700],
    ] as const) {
      // biome-ignore format: a list
      const whole = randomCoefficients({ width, height, sampling: SAMPLINGS[0] ?? [] }, contents);
      const [plane] = whole.planes;
      // Nothing on the left and above.
      for (let line = 0; line < (plane?.lines ?? 0); line += 1) {
        const first = line * (plane?.stride ?? 0);
        const until = line < (plane?.lines ?? 0) / 3 ? (plane?.stride ?? 0) : (plane?.stride ?? 0) / 3;
        plane?.counts.fill(0, first, first + until);
      }
      const sample = takeTiles(whole, 3000);
      const scale = weightOf(whole) / weightOf(sample);
      assert.ok(scale > 2);
      const data = 500;
      const error = ((weigh(sample) - data) * scale) / (weigh(whole) - data) - 1;
      assert.ok(Math.abs(error) < 0.1, `${width} × ${height}: ${error}`);
    }
  });
});

describe('weightOf', () => {
  const expected = ({ planes, entries }: Coefficients): number => {
    let weight = 0;
    for (const { starts, counts } of planes) {
      weight += starts.length;
      for (const [block, start] of starts.entries()) {
        for (const entry of entries.subarray(start, start + (counts[block] ?? 0))) {
          const magnitude = Math.abs(entry >> 6);
          weight += magnitude > 2 ? 7 : magnitude > 1 ? 5 : 1;
        }
      }
    }
    return weight;
  };

  test('counts each block and each coefficient, of a whole and of a part', () => {
    fc.assert(
      fc.property(anyPicture, fc.integer({ min: 20, max: 2000 }), (whole, blocks) => {
        assert.equal(weightOf(whole), expected(whole));
        const sample = takeTiles(whole, blocks);
        assert.equal(weightOf(sample), expected(sample));
      }),
      { numRuns: 50 },
    );
  });
});
