import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { huffmanBits, huffmanLengths } from '../../../src/compress/jpeg/huffman-lengths.ts';

const lengthsOf = (histogram: Uint32Array): Uint8Array => {
  const lengths = new Uint8Array(histogram.length).fill(99);
  huffmanLengths(histogram, lengths);
  return lengths;
};

/** Fewest bits with codes of any length, one code left unused: the sum of Huffman's merged weights. */
const fewestBits = (histogram: Uint32Array): number => {
  const weights = [0, ...histogram.filter((count) => count > 0)];
  let bits = 0;
  while (weights.length > 1) {
    weights.sort((a, b) => b - a);
    const merged = (weights.pop() ?? 0) + (weights.pop() ?? 0);
    bits += merged;
    weights.push(merged);
  }
  return bits;
};

const anyHistogram = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(255), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 256 }),
    fc.constantFrom(1, 8, 20, 28),
  )
  .map(([counts, scale]) => {
    const histogram = new Uint32Array(256);
    for (const [symbol, size] of counts) histogram[symbol] = Math.round(2 ** (size * scale));
    return histogram;
  });

describe('huffmanLengths', () => {
  test('gives each symbol a code of at most 16 bits and leaves the code of ones unused', () => {
    fc.assert(
      fc.property(anyHistogram, (histogram) => {
        const lengths = lengthsOf(histogram);
        for (const [symbol, count] of histogram.entries()) assert.equal((lengths[symbol] ?? 0) > 0, count > 0);
        const longest = Math.max(...lengths);
        assert.ok(longest <= 16);
        const used = lengths.reduce((sum, length) => sum + (length > 0 ? 2 ** -length : 0), 0);
        if (longest > 0) assert.ok(used <= 1 - 2 ** -longest, `${used} of the codes of ${longest} bits`);
      }),
      { numRuns: 500 },
    );
  });

  test('takes as few bits as there can be, unless codes had to be shortened', () => {
    fc.assert(
      fc.property(anyHistogram, (histogram) => {
        const lengths = lengthsOf(histogram);
        const bits = huffmanBits(histogram, lengths);
        const fewest = fewestBits(histogram);
        if (Math.max(...lengths) < 16) assert.equal(bits, fewest);
        else assert.ok(bits >= fewest && bits <= fewest * 1.03);
      }),
      { numRuns: 500 },
    );
  });

  test('shortens the codes of a histogram after Fibonacci', () => {
    const histogram = new Uint32Array(256);
    for (let i = 0, a = 1, b = 1; i < 40; i += 1, [a, b] = [b, a + b]) histogram[i] = a;
    const lengths = lengthsOf(histogram);
    assert.equal(Math.max(...lengths), 16);
    assert.equal(lengths[39], 1);
  });

  test('gives a single symbol one bit, and no symbol none', () => {
    assert.equal(lengthsOf(new Uint32Array([0, 0, 7]))[2], 1);
    assert.equal(Math.max(...lengthsOf(new Uint32Array(256))), 0);
  });
});
