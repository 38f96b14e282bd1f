import assert from 'node:assert/strict';
import type { Coefficients, Plane } from '../../src/compress/jpeg/coefficients.ts';
import type { ReferencePlane } from './reference-jpeg.ts';

/** The 64 coefficients of a block in zigzag order. Asserts what `Coefficients.entries` promises of their order. */
export const denseBlock = ({ entries }: Coefficients, plane: Plane, block: number): Int32Array => {
  const dense = new Int32Array(64);
  dense[0] = plane.dc[block] ?? 0;
  const start = plane.starts[block] ?? 0;
  let before = 0;
  for (const entry of entries.subarray(start, start + (plane.counts[block] ?? 0))) {
    const index = entry & 63;
    assert.ok(index > before && entry >> 6 !== 0, `entry ${entry} after index ${before}`);
    dense[index] = entry >> 6;
    before = index;
  }
  return dense;
};

/** Asserts that every coefficient both know is the same. */
export const assertSameCoefficients = (
  actual: Coefficients,
  expected: readonly ReferencePlane[],
  name: string,
): void => {
  assert.equal(actual.planes.length, expected.length, name);
  let entries = 0;
  for (const [i, plane] of actual.planes.entries()) {
    const other = expected[i];
    assert.ok(other !== undefined);
    const { id, h, v, stride, lines, blocksWide, blocksHigh, steps } = plane;
    assert.deepEqual(
      { id, h, v, stride, lines, blocksWide, blocksHigh, steps: [...steps] },
      {
        id: other.id,
        h: other.h,
        v: other.v,
        stride: other.stride,
        lines: other.lines,
        blocksWide: other.blocksWide,
        blocksHigh: other.blocksHigh,
        steps: [...other.steps],
      },
      name,
    );
    assert.equal(plane.dc.length, stride * lines);
    for (let block = 0; block < stride * lines; block++) {
      entries += plane.counts[block] ?? 0;
      const [x, y] = [block % stride, Math.floor(block / stride)];
      if (other.isAlone && (x >= blocksWide || y >= blocksHigh)) continue;
      const is = denseBlock(actual, plane, block);
      const must: Int32Array | undefined = other.blocks[block];
      // deepEqual on a hundred thousand blocks would take minutes.
      if (!is.every((value, k) => value === must?.[k]))
        assert.deepEqual([...is], [...(must ?? [])], `${name} ${i} ${x},${y}`);
    }
  }
  assert.equal(actual.entries.length, entries, name);
};
