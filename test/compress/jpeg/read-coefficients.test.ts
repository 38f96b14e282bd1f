import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { assertSameCoefficients, denseBlock } from '../../helpers/dense-coefficients.ts';
import { encoded, gray, type PictureKind, picture, toSharp } from '../../helpers/pictures.ts';
import {
  frameSegment,
  huffmanSegment,
  type PlainComponent,
  packed,
  plainJpeg,
  segment,
} from '../../helpers/plain-jpeg.ts';
import { referenceDecode } from '../../helpers/reference-jpeg.ts';

const PHOTOS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'photos');

describe('coefficients are those an independent decoder finds', () => {
  const sizes = [1, 7, 8, 9, 15, 16, 17, 33];
  const sides = sizes.flatMap((width) => sizes.map((height) => ({ width, height })));
  const dialects = [
    { chromaSubsampling: '4:4:4' },
    { chromaSubsampling: '4:2:0' },
    { chromaSubsampling: '4:4:4', progressive: true },
    { chromaSubsampling: '4:2:0', progressive: true },
    { mozjpeg: true },
    { mozjpeg: true, chromaSubsampling: '4:4:4', optimiseScans: false },
    { chromaSubsampling: '4:2:0', optimiseCoding: false },
    { progressive: true, optimiseScans: true, quality: 95 },
  ];
  for (const dialect of dialects) {
    test(`${JSON.stringify(dialect)}, ${sides.length} sizes, in colour and gray`, async () => {
      for (const [i, size] of sides.entries()) {
        const kind: PictureKind = i % 3 === 0 ? 'noise' : 'photo';
        const colours = picture({ ...size, seed: i, kind });
        for (const source of [colours, gray(colours)]) {
          const options = { quality: [5, 50, 90, 100][i % 4] ?? 80, ...dialect };
          const space = source.channels === 1 ? 'b-w' : 'srgb';
          const file = await toSharp(source).toColourspace(space).jpeg(options).toBuffer();
          const name = `${size.width}×${size.height} ${source.channels}`;
          const found = readCoefficients(file);
          assert.equal(found.colour, source.channels === 1 ? 'gray' : 'ycc', name);
          assert.equal(found.progressive, 'mozjpeg' in dialect || 'progressive' in dialect, name);
          assert.deepEqual([found.coefficients.width, found.coefficients.height], [size.width, size.height]);
          assertSameCoefficients(found.coefficients, referenceDecode(file), name);
        }
      }
    });
  }

  test('larger pictures, at every quality, so that large tables and long runs are used', async () => {
    for (const [i, quality] of [1, 10, 30, 50, 70, 80, 90, 95, 98, 100].entries()) {
      for (const progressive of [false, true]) {
        const source = picture({ width: 403, height: 301, seed: quality, kind: i % 2 === 0 ? 'photo' : 'noise' });
        const file = await encoded(source, 'jpeg', { quality, progressive, optimiseScans: progressive && i % 2 === 0 });
        assertSameCoefficients(readCoefficients(file).coefficients, referenceDecode(file), `quality ${quality}`);
      }
    }
  });

  test('photos', { skip: existsSync(PHOTOS) ? false : 'the corpus of photos is not on this machine' }, () => {
    const files = readdirSync(PHOTOS)
      .filter((name) => /\.jpe?g$/i.test(name))
      .map((name) => ({ name, bytes: readFileSync(join(PHOTOS, name)) }))
      .filter(({ name, bytes }) => bytes.length < 150_000 && !name.includes('four_components'));
    assert.ok(files.length > 5);
    for (const { name, bytes } of files.slice(0, 12)) {
      assertSameCoefficients(readCoefficients(bytes).coefficients, referenceDecode(bytes), name);
    }
  });
});

describe('coefficients come back as they were written', () => {
  const component = fc.record({ h: fc.constantFrom(1, 2, 4), v: fc.constantFrom(1, 2, 4) });
  const components: fc.Arbitrary<PlainComponent[]> = fc.oneof(
    fc.tuple(component),
    fc.tuple(component, component, component),
  );
  const shape = fc.record({
    width: fc.integer({ min: 1, max: 70 }),
    height: fc.integer({ min: 1, max: 70 }),
    components,
    restartInterval: fc.constantFrom(0, 1, 2, 3, 20),
    alone: fc.boolean(),
    codeLength: fc.constantFrom(9, 12, 13, 16),
    /** How many of the coefficients are not zero, of 64. */
    density: fc.constantFrom(0, 1, 6, 30, 64),
    seed: fc.nat(),
  });

  test('with any sampling, restart interval, order of scans and length of codes', () => {
    fc.assert(
      fc.property(shape, (drawn) => {
        const blocks = drawn.components.reduce((sum, { h, v }) => sum + h * v, 0);
        const picture = { ...drawn, alone: drawn.alone || blocks > 10, block: randomBlocks(drawn.seed, drawn.density) };
        const { coefficients } = readCoefficients(plainJpeg(picture));
        coefficients.planes.forEach((plane, i) => {
          const isPadded = !picture.alone && picture.components.length > 1;
          const [wide, high] = isPadded ? [plane.stride, plane.lines] : [plane.blocksWide, plane.blocksHigh];
          for (let y = 0; y < high; y++) {
            for (let x = 0; x < wide; x++) {
              const found = denseBlock(coefficients, plane, y * plane.stride + x);
              assert.deepEqual([...found], [...picture.block(i, x, y)]);
            }
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  test('the padding a scan of one component leaves out gets the DC of the nearest block and no AC', () => {
    const sampling = { h: 2, v: 2 };
    const source = {
      width: 17,
      height: 9,
      components: [sampling, { h: 1, v: 1 }, { h: 1, v: 1 }],
      alone: true,
      block: randomBlocks(7, 20),
    };
    const { coefficients } = readCoefficients(plainJpeg(source));
    const [luma] = coefficients.planes;
    assert.ok(luma !== undefined);
    assert.deepEqual([luma.blocksWide, luma.blocksHigh, luma.stride, luma.lines], [3, 2, 4, 2]);
    for (const line of [0, 1]) {
      assert.equal(luma.dc[line * 4 + 3], luma.dc[line * 4 + 2]);
      assert.equal(luma.counts[line * 4 + 3], 0);
    }
  });

  test('restart markers in a progressive file', () => {
    const gray = [{ h: 1, v: 1 }];
    const scan = (first: number, last: number, bits: number): number[] => segment(0xda, 1, 1, 0, first, last, bits);
    /** One block in each interval. */
    const intervals = (...blocks: string[]): number[] =>
      blocks.flatMap((block, i) => [...(i > 0 ? [0xff, 0xcf + i] : []), ...packed(block)]);
    const file = Uint8Array.from([
      ...[0xff, 0xd8],
      ...segment(0xdb, 0, ...new Array(64).fill(1)),
      ...frameSegment(24, 8, gray, 0xc2),
      ...huffmanSegment(0x00, 4, 12),
      ...huffmanSegment(0x10, 9, 255),
      ...segment(0xdd, 0, 1),
      // Differences 1, −1 and 0 of halves: the predictions begin anew in each interval.
      ...[...scan(0, 0, 0x01), ...intervals('00011', '00010', '0000')],
      // Coefficient 1 is ±1 of halves; an end of block.
      ...[...scan(1, 63, 0x01), ...intervals('0000000011000000000', '000000000', '0000000010000000000')],
      ...[...scan(0, 0, 0x10), ...intervals('1', '0', '1')],
      // In the second block, coefficient 2 comes; in the others coefficient 1 gets its last bit.
      ...[...scan(1, 63, 0x10), ...intervals('0000000001', '0000100011000000000', '0000000000')],
      ...[0xff, 0xd9],
    ]);
    const { coefficients } = readCoefficients(file);
    assertSameCoefficients(coefficients, referenceDecode(file), 'restarts');
    const [plane] = coefficients.planes;
    assert.deepEqual([...(plane?.dc ?? [])], [3, -2, 1]);
    assert.deepEqual([...coefficients.entries], [(3 << 6) | 1, (1 << 6) | 2, (-2 << 6) | 1]);
  });

  test('the largest values, with codes so short that both fit into one look', () => {
    const large = Array.from({ length: 20_000 }, (_, block) => (block % 3 === 0 ? -1023 : 1023 - (block % 500)));
    // Codes of two bits: 00 for a value of ten bits without zeros before it, 01 for the end of a block.
    const tables = [...huffmanSegment(0x00, 4, 12), ...segment(0xc4, 0x10, 0, 2, ...new Array(14).fill(0), 0x0a, 0x00)];
    const bits = large.map((value) => `000000${(value < 0 ? value + 1023 : value).toString(2).padStart(10, '0')}01`);
    const steps = segment(0xdb, 0, ...new Array(64).fill(1));
    const scan = [...segment(0xda, 1, 1, 0, 0, 63, 0), ...packed(...bits)];
    const frame = frameSegment(1600, 800, [{ h: 1, v: 1 }]);
    const file = Uint8Array.from([0xff, 0xd8, ...steps, ...tables, ...frame, ...scan, 0xff, 0xd9]);
    const { entries } = readCoefficients(file).coefficients;
    assert.equal(entries.length, large.length);
    const wrong = large.findIndex((value, block) => entries[block] !== ((value << 6) | 1));
    assert.equal(wrong, -1, `${large[wrong]} became ${entries[wrong]}`);
  });

  test('more than the two entries a byte that are expected at first', () => {
    // One bit for the code, one for the value: four coefficients a byte.
    const header = plainJpeg({ width: 8 * 1000, height: 8, components: [{ h: 1, v: 1 }], block: () => [0] });
    const scanAt = header.findIndex((byte, i) => byte === 0xff && header[i + 1] === 0xda);
    const table = [0xff, 0xc4, 0, 21, 0x10, 1, 1, ...new Array(14).fill(0), 0x01, 0x00];
    const oneBlock = `0000${'01'.repeat(63)}`;
    const bits = oneBlock.repeat(1000).padEnd(Math.ceil((oneBlock.length * 1000) / 8) * 8, '1');
    const data = Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));
    assert.ok(!data.includes(0xff));
    const head = [...header.subarray(0, scanAt), ...table, ...header.subarray(scanAt, scanAt + 10)];
    const file = Uint8Array.from([...head, ...data, 0xff, 0xd9]);
    const { coefficients } = readCoefficients(file);
    assert.equal(coefficients.entries.length, 1000 * 63);
    assertSameCoefficients(coefficients, referenceDecode(file), 'dense');
  });
});

/** Blocks that depend on nothing but their place and the seed. */
const randomBlocks =
  (seed: number, density: number) =>
  (component: number, x: number, y: number): Int32Array => {
    let state = (seed ^ (component * 0x9e3779b1) ^ (x * 0x85ebca6b) ^ (y * 0xc2b2ae35)) >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
      return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * below);
    };
    return Int32Array.from({ length: 64 }, (_, k) => {
      if (k === 0) return random(2048) - 1024;
      if (random(64) >= density) return 0;
      const value = random(2 ** (1 + random(10)));
      return random(2) === 0 ? value : -value;
    });
  };
