import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  bestLengths,
  countSymbols,
  emptyHistograms,
  entropyCodedBits,
} from '../../../src/compress/jpeg/block-statistics.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { emptyPlane } from '../../helpers/random-coefficients.ts';

const gray = { width: 16, height: 8, sampling: [[1, 1]] } as const;

describe('countSymbols', () => {
  test('names runs, sizes, long runs and ends as T.81 does', () => {
    const plane = emptyPlane(gray, 0);
    plane.dc.set([-5, 2]);
    plane.starts.set([0, 3]);
    plane.counts.set([3, 1]);
    const entries = Int32Array.from([(1 << 6) | 1, (-1023 << 6) | 4, (2 << 6) | 40, (-1 << 6) | 63]);
    const histograms = emptyHistograms();
    countSymbols({ width: 16, height: 8, planes: [plane], entries }, histograms);
    const counted = (histogram: Uint32Array) =>
      Object.fromEntries([...histogram.entries()].filter(([, count]) => count > 0));
    // Differences −5 and 7; in the first block two long runs lead to 40, in the second three to 63.
    assert.deepEqual(counted(histograms.dc[0]), { 3: 2 });
    assert.deepEqual(counted(histograms.ac[0]), { 0: 1, 1: 1, 42: 1, 50: 1, 225: 1, 240: 5 });
    assert.deepEqual(counted(histograms.ac[1]), {});
    // dc: '0' + 3 bits, twice; ac: values of 1 + 10 + 2 + 1 bits and codes of 5 × 1, 2, 4, 4, 4 and 3 bits at best.
    const codes = 5 * 1 + 3 + 3 + 3 + 4 + 4;
    assert.ok(entropyCodedBits(histograms, bestLengths(histograms)) <= 8 + 14 + codes + 2);
  });

  test('refuses values that 8-bit pictures do not have', () => {
    const plane = emptyPlane(gray, 0);
    const coefficients = { width: 16, height: 8, planes: [plane], entries: new Int32Array([(1024 << 6) | 5]) };
    plane.dc.set([-1024, 1024]);
    assert.throws(() => countSymbols(coefficients, emptyHistograms()), isUnsupported);
    plane.dc.set([-1024, 1023]);
    countSymbols(coefficients, emptyHistograms());
    plane.counts.set([1]);
    assert.throws(() => countSymbols(coefficients, emptyHistograms()), isUnsupported);
  });
});

const isUnsupported = (error: unknown): boolean => error instanceof JpegFault && error.kind === 'unsupported';
