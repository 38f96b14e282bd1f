import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { describeJpeg, readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { cmykJpeg, jpegStoredAs, p3Jpeg } from '../../helpers/odd-pictures.ts';
import { encoded, picture } from '../../helpers/pictures.ts';
import { frameSegment, huffmanSegment, packed, plainJpeg, segment } from '../../helpers/plain-jpeg.ts';

const GRAY = [{ h: 1, v: 1 }];
const THREE = [
  { h: 1, v: 1 },
  { h: 1, v: 1 },
  { h: 1, v: 1 },
];
const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
const STEPS = segment(0xdb, 0, ...new Array(64).fill(1));
const TABLES = [...STEPS, ...huffmanSegment(0x00, 4, 12), ...huffmanSegment(0x10, 9, 255)];
const SCAN = segment(0xda, 1, 1, 0, 0, 63, 0);
/** DC difference 0 in four bits, end of block in nine, three ones. */
const FLAT_BLOCK = [0x00, 0x07];
const file = (...parts: number[][]): Uint8Array => Uint8Array.from([...SOI, ...parts.flat(), ...EOI]);
const good = file(TABLES, frameSegment(8, 8, GRAY), SCAN, FLAT_BLOCK);

const assertFault = (bytes: Uint8Array, kind: JpegFault['kind'], message: RegExp): void => {
  assert.throws(
    () => readCoefficients(bytes),
    (error) => {
      assert.ok(error instanceof JpegFault, String(error));
      assert.match(error.message, message);
      assert.equal(error.kind, kind, error.message);
      return true;
    },
  );
};
const assertUnsupported = (bytes: Uint8Array, message: RegExp): void => {
  assertFault(bytes, 'unsupported', message);
  assert.throws(() => describeJpeg(bytes), message);
};

test('the smallest file these tests change is good', () => {
  assert.equal(readCoefficients(good).coefficients.planes[0]?.dc[0], 0);
});

describe('what is told from the segments', () => {
  test('orientation, profile, size and kind', async () => {
    const source = picture({ width: 40, height: 24 });
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      assert.equal(describeJpeg(await jpegStoredAs(source, orientation)).orientation, orientation);
    }
    const p3 = describeJpeg(await p3Jpeg(source));
    assert.ok(p3.icc !== null && Buffer.from(p3.icc).toString('latin1', 36, 40) === 'acsp');
    const progressive = describeJpeg(await encoded(source, 'jpeg', { progressive: true }));
    assert.deepEqual(progressive, {
      width: 40,
      height: 24,
      progressive: true,
      colour: 'ycc',
      orientation: 1,
      icc: null,
    });
  });

  test('a profile in parts is joined in the order of their numbers; without one of them there is none', () => {
    const part = (number: number, of: number, ...data: number[]): number[] =>
      segment(0xe2, ...Buffer.from('ICC_PROFILE\0', 'latin1'), number, of, ...data);
    const iccOf = (...parts: number[][]) =>
      describeJpeg(file(...parts, TABLES, frameSegment(8, 8, GRAY), SCAN, FLAT_BLOCK)).icc;
    assert.deepEqual(iccOf(part(2, 3, 30), part(3, 3, 40, 41), part(1, 3, 10, 20)), Uint8Array.of(10, 20, 30, 40, 41));
    assert.equal(iccOf(part(1, 3, 10), part(3, 3, 40)), null);
    assert.equal(iccOf(part(1, 2, 10), part(1, 2, 40)), null);
    assert.equal(iccOf(part(1, 2, 10), part(2, 3, 40)), null);
    assert.equal(iccOf(part(0, 1, 10)), null);
  });

  test('fill bytes, unknown segments and bytes behind the end change nothing', () => {
    const odd = file(
      [0xff],
      segment(0xe7, 1, 2, 3),
      TABLES,
      [0xff, 0xff],
      segment(0xfe, 0x41),
      frameSegment(8, 8, GRAY),
    );
    const whole = Uint8Array.from([...odd.subarray(0, -2), ...SCAN, ...FLAT_BLOCK, 0xff, 0xff, ...EOI, 1, 2, 3]);
    assert.equal(readCoefficients(whole).coefficients.entries.length, 0);
  });

  test('three components are YCbCr or RGB as libjpeg has it', () => {
    const adobe = (transform: number): number[] =>
      segment(0xee, ...Buffer.from('Adobe', 'latin1'), 0, 100, 0, 0, 0, 0, transform);
    const jfif = segment(0xe0, ...Buffer.from('JFIF\0', 'latin1'), 1, 1, 0, 0, 1, 0, 1, 0, 0);
    const named = (...ids: number[]): number[] => {
      const frame = frameSegment(8, 8, THREE);
      ids.forEach((id, i) => {
        frame[10 + 3 * i] = id;
      });
      return frame;
    };
    const of = (...parts: number[][]): string => {
      try {
        return describeJpeg(file(...parts, TABLES, SCAN, FLAT_BLOCK)).colour;
      } catch (error) {
        return String(error);
      }
    };
    assert.equal(of(named(1, 2, 3)), 'ycc');
    assert.equal(of(named(0, 1, 2)), 'ycc');
    assert.match(of(named(82, 71, 66)), /RGB/);
    assert.equal(of(jfif, named(82, 71, 66)), 'ycc');
    assert.match(of(adobe(0), named(1, 2, 3)), /RGB/);
    assert.equal(of(adobe(1), named(82, 71, 66)), 'ycc');
    assert.equal(of(jfif, adobe(0), named(1, 2, 3)), 'ycc');
    assert.match(of(adobe(2), named(1, 2, 3)), /transform/);
  });
});

describe('unsupported, told before any picture data is read', () => {
  const withFrame = (frame: number[]): Uint8Array => file(TABLES, frame, SCAN, FLAT_BLOCK);
  const changed = (at: number, value: number): number[] => frameSegment(8, 8, GRAY).with(at, value);

  test('other coding processes', () => {
    for (const marker of [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]) {
      assertUnsupported(withFrame(frameSegment(8, 8, GRAY, marker)), /coding/);
    }
  });
  test('12 bits, no height, two components, too many pixels', () => {
    assertUnsupported(withFrame(changed(4, 12)), /12 bits/);
    assertUnsupported(withFrame(frameSegment(8, 0, GRAY)), /height/);
    assertUnsupported(withFrame(frameSegment(8, 8, THREE.slice(1))), /2 components/);
    assertUnsupported(withFrame(frameSegment(65_535, 65_535, GRAY)), /65535 × 65535/);
    assert.throws(() => readCoefficients(good, { maxPixels: 63 }), { kind: 'unsupported' });
    assert.ok(readCoefficients(good, { maxPixels: 64 }));
  });
  test('CMYK, and sampling that is fractional', async () => {
    assertUnsupported(await cmykJpeg(picture({ width: 20, height: 20 })), /4 components/);
    const [three, two, one] = [
      { h: 3, v: 1 },
      { h: 2, v: 1 },
      { h: 1, v: 1 },
    ];
    assertUnsupported(withFrame(frameSegment(8, 8, [three, two, one])), /fractional/);
  });
  test('Huffman tables that are not in the file', () => {
    assertFault(file(STEPS, frameSegment(8, 8, GRAY), SCAN, FLAT_BLOCK), 'unsupported', /Huffman/);
  });
});

describe('damaged', () => {
  const FRAME = frameSegment(8, 8, GRAY);
  const cases: readonly [string, Uint8Array, RegExp][] = [
    ['no JPEG', Uint8Array.of(1, 2, 3), /begin/],
    ['nothing', new Uint8Array(0), /begin/],
    ['no picture', file(TABLES), /no picture/],
    ['a scan without frame', file(TABLES, SCAN, FLAT_BLOCK), /frame/],
    ['two frames', file(TABLES, FRAME, FRAME, SCAN, FLAT_BLOCK), /two frame/],
    ['stray bytes', file(TABLES, [1, 2], FRAME, SCAN, FLAT_BLOCK), /no segment/],
    [
      'no quantisation table',
      file(huffmanSegment(0, 4, 12), huffmanSegment(0x10, 9, 255), FRAME, SCAN, FLAT_BLOCK),
      /quant/,
    ],
    ['a step of zero', file(segment(0xdb, 0, ...new Array(64).fill(0)), FRAME, SCAN, FLAT_BLOCK), /zero/],
    ['extra data', file(TABLES, FRAME, SCAN, FLAT_BLOCK, [0x55]), /go on/],
    ['too little data', file(TABLES, FRAME, SCAN, [0x00]), /early/],
    ['no data for a large picture', file(TABLES, frameSegment(7000, 7000, GRAY), SCAN, FLAT_BLOCK), /too short/],
    // Nine bits 011110001 are the symbol F1: run 15, size 1. After four of them and ZRL the index is past 63.
    [
      'coefficients past the last',
      file(TABLES, FRAME, SCAN, packed('0000', ...new Array(5).fill('0111100011'))),
      /out of range/,
    ],
    ['zeros past the last', file(TABLES, FRAME, SCAN, packed('0000', ...new Array(4).fill('011110000'))), /too many/],
    ['a symbol without meaning', file(TABLES, FRAME, SCAN, packed('0000', '000010000')), /meaning/],
    ['a coefficient of 11 bits', file(TABLES, FRAME, SCAN, packed('0000', '000001011', '1'.repeat(11))), /range/],
    ['a code that is in no table', file(TABLES, FRAME, SCAN, packed('0000', '111111111')), /no table/],
    ['a brightness below the least', file(TABLES, FRAME, SCAN, packed('1011', '0'.repeat(11), '000000000')), /range/],
    [
      'a scan of part of the coefficients',
      file(TABLES, FRAME, segment(0xda, 1, 1, 0, 0, 5, 0), FLAT_BLOCK),
      /parameters/,
    ],
    ['a component sent twice', file(TABLES, FRAME, SCAN, FLAT_BLOCK, SCAN, FLAT_BLOCK), /twice/],
    ['a component not sent', file(TABLES, frameSegment(8, 8, THREE), SCAN, FLAT_BLOCK), /no scan/],
    ['restart markers not asked for', file(TABLES, FRAME, SCAN, FLAT_BLOCK, [0xff, 0xd0]), /order/],
    [
      'too many codes',
      file(STEPS, segment(0xc4, 0, 3, ...new Array(15).fill(0), 0, 1, 2), FRAME, SCAN, FLAT_BLOCK),
      /codes/,
    ],
  ];
  for (const [name, bytes, message] of cases) test(name, () => assertFault(bytes, 'damaged', message));

  test('restart markers missing, doubled or in another order', () => {
    const bytes = plainJpeg({ width: 80, height: 8, components: GRAY, restartInterval: 2, block: () => [5, 1] });
    const places = [...bytes.keys()].filter((at) => bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf8) === 0xd0);
    assert.equal(places.length, 4);
    const [first = 0, second = 0] = places;
    assertFault(bytes.with(first + 1, 0xd1), 'damaged', /order/);
    assertFault(bytes.with(second + 1, 0xd0), 'damaged', /order/);
    assertFault(bytes.with(places[3] ?? 0, 0).with((places[3] ?? 0) + 1, 0), 'damaged', /missing/);
  });
});

describe('progressive', () => {
  const FRAME = frameSegment(8, 8, GRAY, 0xc2);
  const scan = (first: number, last: number, approximation: number): number[] =>
    segment(0xda, 1, 1, 0, first, last, approximation);
  const DC = [...scan(0, 0, 0), ...packed('0000')];
  const AC = [...scan(1, 63, 0), ...packed('000000000')];

  test('whole', () => {
    assert.equal(readCoefficients(file(TABLES, FRAME, DC, AC)).coefficients.entries.length, 0);
  });
  test('scans that are never sent are not made up', () => {
    assertFault(file(TABLES, FRAME, AC), 'damaged', /order/);
    assertFault(file(TABLES, FRAME, DC), 'unsupported', /leaves out/);
    assertFault(file(TABLES, FRAME, DC, scan(1, 63, 1), packed('000000000')), 'unsupported', /leaves out/);
  });
  test('scans in impossible order or with impossible parameters', () => {
    assertFault(file(TABLES, FRAME, DC, DC, AC), 'damaged', /order/);
    assertFault(file(TABLES, FRAME, DC, scan(1, 63, 0x10), packed('000000000')), 'damaged', /order/);
    assertFault(file(TABLES, FRAME, scan(0, 5, 0), FLAT_BLOCK), 'damaged', /parameters/);
    assertFault(file(TABLES, FRAME, DC, scan(1, 64, 0), FLAT_BLOCK), 'damaged', /parameters/);
    assertFault(file(TABLES, FRAME, DC, scan(1, 63, 0x31), FLAT_BLOCK), 'damaged', /parameters/);
  });
  test('values out of range, also by what is still to be refined', () => {
    assertFault(file(TABLES, FRAME, scan(0, 0, 0), packed('1011', '0'.repeat(11)), AC), 'damaged', /brightness/);
    const large = packed('000001010', '1'.repeat(10), '000000000');
    const refinement = [...scan(1, 63, 0x10), ...packed('000000000')];
    assertFault(file(TABLES, FRAME, DC, scan(1, 63, 1), large, refinement), 'damaged', /coefficient is out of range/);
  });
  test('a run of empty blocks over the end of the scan', () => {
    // Symbol 0x10: two blocks, and one more if the next bit is set.
    assertFault(file(TABLES, FRAME, DC, scan(1, 63, 0), packed('000010000', '0')), 'damaged', /too long/);
  });
  test('thousands of scans', () => {
    const refinements = new Array(3000).fill([...scan(1, 63, 0), ...packed('000000000')]);
    assertFault(file(TABLES, FRAME, DC, ...refinements), 'unsupported', /100 scans/);
  });
});

test('cut off anywhere, a file says so and is never decoded', async () => {
  const source = picture({ width: 64, height: 48 });
  for (const progressive of [false, true]) {
    const bytes = await encoded(source, 'jpeg', { progressive });
    for (let length = 2; length < bytes.length; length += 1) assertFault(bytes.subarray(0, length), 'cut-off', /ends/);
  }
});
