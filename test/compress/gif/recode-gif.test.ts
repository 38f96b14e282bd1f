import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { parseGif } from '../../../src/compress/gif/parse-gif.ts';
import { openGif, recodeGif } from '../../../src/compress/gif/recode-gif.ts';
import { animated } from '../../helpers/odd-pictures.ts';
import { encoded, picture } from '../../helpers/pictures.ts';
import { type PlainFrame, type PlainGif, plainGif } from '../../helpers/plain-gif.ts';

/** What a viewer sees, frame below frame; read by another decoder. */
const seen = (file: Buffer) => sharp(file, { animated: true, failOn: 'warning' }).ensureAlpha().raw().toBuffer();
const facts = async (file: Buffer) => {
  const { width, pageHeight, height, pages, delay, loop } = await sharp(file, { animated: true }).metadata();
  const frames = pages ?? 1;
  // A picture that stands still has no use for a time.
  return { width, height: pageHeight ?? height, frames, delay: frames > 1 ? delay : [], loop };
};

const recoded = async (file: Buffer, tolerance: number): Promise<Buffer> => {
  const open = openGif(file, await facts(file));
  assert.ok(open !== null, 'it can be taken apart');
  return recodeGif(open, tolerance);
};

const colourTable = (bits: number) =>
  fc.uint8Array({ minLength: 3 << bits, maxLength: 3 << bits }).map((bytes) => Buffer.from(bytes));

/** Animations with every kind of frame: parts of the screen, holes, own colours, all ways to make room for the next. */
const anyGif: fc.Arbitrary<PlainGif> = fc
  .record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    bits: fc.integer({ min: 1, max: 8 }),
  })
  .chain(({ width, height, bits }) => {
    const whole: fc.Arbitrary<PlainFrame> = frameOf(width, height, bits, true);
    return fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      colours: colourTable(bits),
      loop: fc.integer({ min: 0, max: 9 }),
      frames: fc
        .tuple(whole, fc.array(frameOf(width, height, bits, false), { maxLength: 3 }))
        .map(([a, b]) => [a, ...b]),
    });
  });

const frameOf = (width: number, height: number, bits: number, isWhole: boolean): fc.Arbitrary<PlainFrame> =>
  fc
    .record({ left: fc.nat(width - 1), top: fc.nat(height - 1), w: fc.nat(width), h: fc.nat(height) })
    .chain(({ left, top, w, h }) => {
      const place = isWhole
        ? { left: 0, top: 0, width, height }
        : { left, top, width: Math.max(1, Math.min(w, width - left)), height: Math.max(1, Math.min(h, height - top)) };
      const size = place.width * place.height;
      return fc.record(
        {
          left: fc.constant(place.left),
          top: fc.constant(place.top),
          width: fc.constant(place.width),
          height: fc.constant(place.height),
          indexes: fc.uint8Array({ minLength: size, maxLength: size, max: 2 ** bits - 1 }),
          delay: fc.integer({ min: 2, max: 300 }),
          disposal: fc.integer({ min: 0, max: 3 }),
          isInterlaced: fc.boolean(),
          transparent: fc.nat(2 ** bits - 1),
          colours: colourTable(bits),
        },
        { requiredKeys: ['left', 'top', 'width', 'height', 'indexes', 'delay', 'disposal', 'isInterlaced'] },
      );
    });

describe('recodeGif', () => {
  test('with tolerance 0 no viewer sees a difference, whatever the frames are', async () => {
    await fc.assert(
      fc.asyncProperty(anyGif, async (gif) => {
        const file = plainGif(gif);
        const again = await recoded(file, 0);
        assert.deepEqual(await facts(again), await facts(file));
        assert.deepEqual(visible(await seen(again)), visible(await seen(file)));
      }),
      { numRuns: 150 },
    );
  });

  test('no pixel is further away than the tolerance, and holes stay holes', async () => {
    await fc.assert(
      fc.asyncProperty(anyGif, fc.integer({ min: 1, max: 60 }), async (gif, tolerance) => {
        const file = plainGif(gif);
        const again = await recoded(file, tolerance);
        assert.deepEqual(await facts(again), await facts(file));
        const [a, b] = [await seen(file), await seen(again)];
        for (let i = 0; i < a.length; i += 4) {
          assert.equal(b[i + 3], a[i + 3], 'alpha');
          if (a[i + 3] === 0) continue;
          const [red, green, blue] = [0, 1, 2].map((c) => (a[i + c] ?? 0) - (b[i + c] ?? 0));
          const distance = 3 * (red ?? 0) ** 2 + 4 * (green ?? 0) ** 2 + 2 * (blue ?? 0) ** 2;
          assert.ok(distance <= 9 * tolerance ** 2, `pixel ${i / 4}: ${distance}`);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('more tolerance, fewer bytes; photographs come to a quarter', async () => {
    const file = await encoded(picture({ width: 320, height: 240 }), 'gif');
    const sizes: number[] = [];
    for (const tolerance of [0, 4, 8, 16, 24]) sizes.push((await recoded(file, tolerance)).length);
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
    assert.ok((sizes.at(-1) ?? 0) < file.length / 3, `${sizes}`);
  });

  test('frames that repeat cost next to nothing', async () => {
    const frame = picture({ width: 100, height: 80 }).data;
    const raw = { width: 100, height: 400, channels: 3 as const, pageHeight: 80 };
    const file = await sharp(Buffer.concat([frame, frame, frame, frame, frame]), { raw })
      .gif({ keepDuplicateFrames: true, delay: [100, 100, 100, 100, 100] })
      .toBuffer();
    const one = await sharp(file, { pages: 1 }).gif({ reuse: true }).toBuffer();
    const again = await recoded(file, 0);
    assert.equal((await facts(again)).frames, 5);
    assert.ok(again.length < one.length * 1.05, `${again.length} for five, ${one.length} for one`);
  });

  test('colours that nobody uses go', async () => {
    const indexes = new Uint8Array(400).map((_, i) => (i % 3) * 100);
    const colours = Buffer.from(Array.from({ length: 768 }, (_, i) => i % 251));
    const file = plainGif({
      width: 20,
      height: 20,
      colours,
      frames: [{ left: 0, top: 0, width: 20, height: 20, indexes }],
    });
    const again = await recoded(file, 0);
    assert.ok(again.length < 100, `${again.length} bytes`);
    assert.deepEqual(await seen(again), await seen(file));
  });
});

describe('openGif', () => {
  test('takes nothing that is not what the other reader saw', async () => {
    const file = await animated('gif', { width: 40, height: 30, delays: [100, 100], loop: 0 });
    const size = await facts(file);
    assert.ok(openGif(file, size) !== null);
    assert.equal(openGif(file, { ...size, frames: 3 }), null);
    assert.equal(openGif(file, { ...size, width: 41 }), null);
  });

  test('refuses a frame beyond the screen, and one without colours', () => {
    const indexes = new Uint8Array(16);
    const frame = { left: 1, top: 0, width: 4, height: 4, indexes };
    assert.equal(parseGif(plainGif({ width: 4, height: 4, colours: Buffer.alloc(12), frames: [frame] })), null);
    assert.equal(parseGif(plainGif({ width: 9, height: 9, frames: [frame] })), null);
  });

  test('any damage is noticed or harmless', async () => {
    const file = await animated('gif', { width: 40, height: 30, delays: [100, 100], loop: 0 });
    const size = await facts(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), async (at, value, length) => {
        const damaged = Buffer.from(file);
        damaged[at] = value;
        for (const bad of [damaged, file.subarray(0, length)]) {
          const open = openGif(bad, size);
          if (open !== null) assert.ok((await recodeGif(open, 8)).length > 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** What cannot be seen has no colour. */
const visible = (pixels: Buffer): Buffer => {
  const out = Buffer.from(pixels);
  for (let i = 0; i < out.length; i += 4) if (out[i + 3] === 0) out.fill(0, i, i + 3);
  return out;
};
