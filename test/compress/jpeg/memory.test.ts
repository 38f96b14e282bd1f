import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { countSymbols, emptyHistograms } from '../../../src/compress/jpeg/block-statistics.ts';
import type { Coefficients } from '../../../src/compress/jpeg/coefficients.ts';
import { fitJpeg, jpegAtQuality } from '../../../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { FIRST_PAGES, Memory } from '../../../src/compress/jpeg/memory.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { planProgressive } from '../../../src/compress/jpeg/write-progressive.ts';
import { oddJpeg, SAMPLINGS } from '../../helpers/odd-jpegs.ts';
import { encoded, gray, picture } from '../../helpers/pictures.ts';
import { denseBlock } from '../../helpers/random-coefficients.ts';

/** Large and small, all samplings, whole and cut off, in one or several scans. */
const files: Uint8Array[] = [];

before(async () => {
  const sizes = [[400, 300], [90, 40], [17, 33]] as const; // biome-ignore format: a table
  for (const [at, [width, height]] of sizes.entries()) {
    const source = picture({ width, height, seed: at });
    const all = [
      await encoded(source, 'jpeg', { quality: 95, chromaSubsampling: '4:4:4' }),
      await encoded(source, 'jpeg', { quality: 60 }),
      await encoded(source, 'jpeg', { mozjpeg: true, chromaSubsampling: '4:4:4' }),
      await encoded(gray(source), 'jpeg', { progressive: true }),
    ];
    files.push(...all, ...all.map((file) => cutOff(file)));
  }
  for (const [at, sampling] of Object.keys(SAMPLINGS).entries()) {
    files.push(oddJpeg({ width: 100 - 7 * at, height: 30 + 9 * at, sampling, alone: at % 2 === 0 }));
  }
});

const cutOff = (file: Uint8Array): Uint8Array => Uint8Array.from([...file.subarray(0, file.length * 0.7), 0xff, 0xd9]);

interface Made {
  readonly fitted: Uint8Array;
  readonly atQuality: Uint8Array;
}

const madeOf = (file: Uint8Array, memory?: Memory): Made | string => {
  const given = memory === undefined ? {} : { memory };
  try {
    const { coefficients } = readCoefficients(file, given);
    const fitted = fitJpeg(coefficients, { budget: file.length / 2, floor: 25, ceiling: 90, ...given }).bytes;
    return { fitted, atQuality: jpegAtQuality(coefficients, { quality: 40, ...given }) };
  } catch (error) {
    if (error instanceof JpegFault) return error.message;
    throw error;
  }
};

/** All coefficients of each block, block by block. */
const denseOf = ({ planes, entries }: Coefficients): number[][] =>
  planes.flatMap((plane) => Array.from(plane.dc, (_, block) => denseBlock(entries, plane, block)));

describe('Memory', () => {
  test('used by any pictures before, it changes nothing', () => {
    const expected = files.map((file) => madeOf(file));
    assert.ok(expected.some((made) => typeof made === 'string') && expected.some((made) => typeof made !== 'string'));
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 2, maxLength: 8 }), (order) => {
        const memory = new Memory();
        const taken = order.map((which) => which % files.length);
        const made = taken.map((which) => madeOf(files[which] ?? new Uint8Array(0), memory));
        // Compared when all are made: what is written must not lie in the memory.
        assert.deepEqual(
          made,
          taken.map((which) => expected[which]),
        );
      }),
      { numRuns: 25 },
    );
  });

  test('arrays of one use share their place, those of others do not', () => {
    const memory = new Memory();
    const first = memory.int32('a', 1000).fill(7);
    assert.equal(memory.int32('a', 500).byteOffset, first.byteOffset);
    assert.equal(memory.int32('a', 500).length, 500);
    const other = memory.int32('b', 1000).fill(8);
    const larger = memory.uint8('a', 100_000).fill(9);
    assert.equal(memory.int16('a', 9).byteOffset, larger.byteOffset);
    assert.deepEqual(first, new Int32Array(1000).fill(7));
    assert.deepEqual(other, new Int32Array(1000).fill(8));
  });

  test('arrays stay valid when the memory grows', () => {
    const memory = new Memory();
    const first = memory.int32('a', 1000).fill(7);
    const second = memory.uint8('b', 50_000_000);
    second.fill(1, -10);
    assert.deepEqual(first, new Int32Array(1000).fill(7));
    assert.equal(memory.addressOf(first, 'c'), first.byteOffset);
    first[3] = 5;
    assert.equal(memory.int32('a', 1000)[3], 5);
  });

  test('knows its own arrays, and copies those of others', () => {
    const memory = new Memory();
    for (const strange of [new Memory().int16('a', 4), new Int16Array(4)]) {
      strange.set([1, 2, 3, 4]);
      const at = memory.addressOf(strange, 'copy');
      strange[0] = 9;
      const copy = memory.int16('copy', 4);
      assert.equal(copy.byteOffset, at);
      assert.deepEqual([...copy], [1, 2, 3, 4]);
    }
  });

  test('knows its own arrays when another memory of the process has grown', () => {
    const memory = new Memory();
    const before = memory.uint8('before', 3_000_000);
    new Memory().uint8('another', 3_000_000);
    const after = memory.int16('after', 4);
    for (const own of [before, after]) assert.equal(memory.addressOf(own, 'copy'), own.byteOffset);
  });

  test('a picture is not touched when one from elsewhere is counted and planned in its memory', () => {
    const memory = new Memory();
    const read = readCoefficients(files[0] ?? new Uint8Array(0), { memory }).coefficients;
    const before = denseOf(read);
    const elsewhere = readCoefficients(files[1] ?? new Uint8Array(0)).coefficients;
    countSymbols(elsewhere, emptyHistograms(), memory);
    planProgressive(elsewhere, null, memory);
    // Not asserted as equal: telling the differences of so many numbers takes a minute.
    assert.ok(isDeepStrictEqual(denseOf(read), before));
  });

  test('behind the last array there is more, as the kernel reads a vector at a time', () => {
    const { byteOffset } = new Memory().uint8('all', 0);
    const { buffer } = new Memory().uint8('all', FIRST_PAGES * 65_536 - byteOffset);
    assert.ok(buffer.byteLength > FIRST_PAGES * 65_536);
  });

  test('what a large picture took is given back when the next one begins', () => {
    const memory = new Memory();
    const before = memory.uint8('large', 200_000_000);
    memory.reset();
    assert.ok(memory.uint8('small', 10).buffer.byteLength < before.buffer.byteLength / 100);
    const counts = memory.uint8('counts', 20).fill(3);
    assert.equal(memory.kernel.countEntries(20, counts.byteOffset), 60, 'the kernel works in the new memory');
  });

  test('a place that is released goes to others, whole or in parts', () => {
    const memory = new Memory();
    const first = memory.int32('a', 1000).fill(7);
    const second = memory.int32('b', 10).fill(8);
    memory.release('a');
    memory.release('never asked for');
    const parts = ['c', 'd', 'e'].map((use) => memory.uint8(use, 1500).fill(9));
    assert.equal(parts[0]?.byteOffset, first.byteOffset);
    assert.ok((parts[1]?.byteOffset ?? 0) < second.byteOffset);
    assert.ok((parts[2]?.byteOffset ?? 0) > second.byteOffset);
    const again = memory.int32('a', 1000).fill(6);
    for (const part of parts) assert.deepEqual(part, new Uint8Array(1500).fill(9));
    assert.deepEqual(second, new Int32Array(10).fill(8));
    assert.deepEqual(again, new Int32Array(1000).fill(6));
  });

  test('more than there can be is refused', () => {
    const isRefusal = (error: unknown): boolean => error instanceof JpegFault && error.kind === 'unsupported';
    assert.throws(() => new Memory().uint8('all', 2 ** 31), isRefusal);
  });
});
