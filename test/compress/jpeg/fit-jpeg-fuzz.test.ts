import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { fitJpeg, jpegAtQuality } from '../../../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { Memory } from '../../../src/compress/jpeg/memory.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { assertDecodes } from '../../helpers/assert-decodes.ts';
import { oddJpeg, SAMPLINGS } from '../../helpers/odd-jpegs.ts';
import { encoded, gray, picture } from '../../helpers/pictures.ts';

/** More of them find more: `FUZZ_RUNS=20000` takes some minutes. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 150);

const RANGE = { floor: 25, ceiling: 90 };

/** A place in a file, as a share of its length, and what is done there. */
const anyEdit = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  /** Segments are a small part of a file, and most can be broken in them. */
  isInHead: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  value: fc.oneof(
    fc.integer({ min: 0, max: 7 }).map((bit) => (byte: number) => byte ^ (1 << bit)),
    fc.integer({ min: 0, max: 255 }).map((value) => () => value),
  ),
});

const anyDamage = fc.record({
  edits: fc.oneof(fc.array(anyEdit, { minLength: 1, maxLength: 1 }), fc.array(anyEdit, { maxLength: 4 })),
  /** Share of the file that is left; mostly all. */
  left: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  isEnded: fc.boolean(),
});

type Damage = typeof anyDamage extends fc.Arbitrary<infer T> ? T : never;

const damaged = (file: Uint8Array, { edits, left, isEnded }: Damage): Uint8Array => {
  const bytes = Uint8Array.from(file.subarray(0, Math.ceil(file.length * left)));
  for (const { place, isInHead, value } of edits) {
    const at = Math.floor(place * (isInHead ? Math.min(700, bytes.length) : bytes.length));
    bytes[at] = value(bytes[at] ?? 0);
  }
  return left < 1 && isEnded ? Uint8Array.from([...bytes, 0xff, 0xd9]) : bytes;
};

const files: Uint8Array[] = [];

before(async () => {
  const source = picture({ width: 150, height: 110 });
  files.push(
    await encoded(source, 'jpeg', { quality: 80 }),
    await encoded(source, 'jpeg', { quality: 90, optimiseCoding: false, chromaSubsampling: '4:4:4' }),
    await encoded(source, 'jpeg', { progressive: true, quality: 60 }),
    await encoded(source, 'jpeg', { mozjpeg: true, quality: 75 }),
    await encoded(gray(source), 'jpeg', {}),
    ...Object.keys(SAMPLINGS).map((sampling, i) =>
      oddJpeg({ width: 60 + i, height: 50 - i, sampling, restartInterval: i % 3, alone: i % 2 === 0 }),
    ),
  );
});

/** Used by all, the refused ones too, as in a press. */
const memory = new Memory();

type Verdict = 'made' | JpegFault['kind'];

const takeThrough = async (bytes: Uint8Array, share: number, quality: number): Promise<Verdict> => {
  const made: Uint8Array[] = [];
  const size = { width: 0, height: 0 };
  try {
    const { coefficients, icc } = readCoefficients(bytes, { maxPixels: 4_000_000, memory });
    Object.assign(size, { width: coefficients.width, height: coefficients.height });
    const budget = Math.floor(bytes.length * share);
    const fitted = fitJpeg(coefficients, { ...RANGE, budget, icc, memory });
    assert.equal(fitted.bytes.length > budget, fitted.end === 'floor');
    assert.ok(fitted.passes <= 20, `${fitted.passes} passes`);
    made.push(fitted.bytes, jpegAtQuality(coefficients, { quality, icc, memory }));
    // What was before in the memory must not show.
    const fresh = readCoefficients(bytes).coefficients;
    assert.deepEqual(fitJpeg(fresh, { ...RANGE, budget, icc }), fitted);
  } catch (error) {
    if (error instanceof JpegFault) return error.kind;
    throw error;
  }
  for (const file of made) await assertDecodes(file, size, 'of a damaged file');
  return 'made';
};

describe('files damaged by chance, through the whole engine', () => {
  test('are refused, or become files that are decoded without a warning', async (t) => {
    const verdicts = new Map<Verdict, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        anyDamage,
        fc.double({ min: 0.05, max: 1.5, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        async (which, damage, share, quality) => {
          const file = files[which % files.length] ?? new Uint8Array(0);
          const verdict = await takeThrough(damaged(file, damage), share, quality);
          verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        },
      ),
      { numRuns: RUNS },
    );
    t.diagnostic(JSON.stringify(Object.fromEntries(verdicts)));
    // Were one never seen, the test would not reach what it is for.
    for (const verdict of ['made', 'damaged'] as const) assert.ok(verdicts.has(verdict), verdict);
  });
});
