import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { END_OF_BLOCK, emptyHistograms, SIXTEEN_ZEROS } from '../../../src/compress/jpeg/block-statistics.ts';
import { huffmanBits, huffmanLengths } from '../../../src/compress/jpeg/huffman-lengths.ts';
import { BIT, ratesOf, type SymbolRates, typicalRates } from '../../../src/compress/jpeg/symbol-rates.ts';
import { randomFrom } from '../../helpers/random-coefficients.ts';

/** Counts as pictures have them: the shorter a symbol's run and value, the more frequent it is. */
const histogramFrom = (seed: number): Uint32Array => {
  const random = randomFrom(seed);
  const histogram = new Uint32Array(256);
  histogram[END_OF_BLOCK] = Math.floor(1 + 20_000 * random());
  histogram[SIXTEEN_ZEROS] = Math.floor(1 + 300 * random());
  for (let run = 0; run < 16; run += 1) {
    for (let size = 1; size <= 10; size += 1) {
      histogram[(run << 4) | size] = Math.floor((40_000 * random()) / 3 ** (size - 1) / 1.6 ** run);
    }
  }
  return histogram;
};

const ratesFor = (luma: Uint32Array): SymbolRates => {
  const histograms = emptyHistograms();
  histograms.ac[0].set(luma);
  return ratesOf(histograms)[0];
};

const costOf = ({ coefficients }: SymbolRates, run: number, size: number): number =>
  (coefficients[(run << 4) | size] ?? 0) / BIT;

describe('symbol rates', () => {
  test('add up to what the best Huffman codes take', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const histogram = histogramFrom(seed);
        const lengths = new Uint8Array(256);
        huffmanLengths(histogram, lengths);
        const rates = ratesFor(histogram);
        let bits = ((histogram[END_OF_BLOCK] ?? 0) * rates.endOfBlock) / BIT;
        for (let symbol = 1; symbol < 256; symbol += 1) {
          const size = symbol & 15;
          if (size === 0) continue;
          bits += (histogram[symbol] ?? 0) * (costOf(rates, symbol >> 4, size) - size);
        }
        const zeros = histogram[SIXTEEN_ZEROS] ?? 0;
        bits += zeros * (costOf(rates, 16, 1) - costOf(rates, 0, 1));
        const real = huffmanBits(histogram, lengths);
        assert.ok(bits > real * 0.95 && bits < real * 1.03, `${bits} for ${real}`);
      }),
    );
  });

  test('a long run costs its symbols of 16 zeros, a value its bits', () => {
    const histogram = histogramFrom(3);
    const rates = ratesFor(histogram);
    const zeros = costOf(rates, 16, 1) - costOf(rates, 0, 1);
    assert.ok(zeros > 1);
    for (let run = 0; run < 63; run += 1) {
      for (let size = 1; size <= 10; size += 1) {
        assert.equal(costOf(rates, run, size), costOf(rates, run & 15, size) + (run >> 4) * zeros);
        assert.ok(costOf(rates, run, size) > size);
      }
    }
  });

  test('what has not occurred is dear, but no dearer than the longest code', () => {
    const histogram = new Uint32Array(256);
    histogram[END_OF_BLOCK] = 10_000_000;
    histogram[0x01] = 5_000_000;
    const rates = ratesFor(histogram);
    assert.equal(costOf(rates, 5, 4), 16 + 4);
    assert.ok(rates.endOfBlock <= 1 * BIT && costOf(rates, 0, 1) < 3);
    const empty = ratesFor(new Uint32Array(256));
    assert.ok(costOf(empty, 0, 1) > 1 && costOf(empty, 0, 1) <= 17);
  });

  test('luma and chroma have their own', () => {
    const histograms = emptyHistograms();
    histograms.ac[0].set(histogramFrom(1));
    histograms.ac[1][0x11] = 1_000_000;
    const [luma, chroma] = ratesOf(histograms);
    assert.ok(costOf(chroma, 1, 1) < 2 && costOf(luma, 1, 1) > 2);
  });

  test('before anything is known, short runs and small values are cheap', () => {
    for (const rates of typicalRates()) {
      for (let size = 2; size <= 10; size += 1) assert.ok(costOf(rates, 0, size) > costOf(rates, 0, size - 1));
      for (let run = 1; run < 16; run += 1) assert.ok(costOf(rates, run, 1) >= costOf(rates, run - 1, 1));
      assert.ok(costOf(rates, 62, 1) > costOf(rates, 0, 1));
    }
  });
});
