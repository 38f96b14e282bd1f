import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { type FittedJpeg, fitJpeg, jpegAtQuality } from '../../../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { assertDecodes } from '../../helpers/assert-decodes.ts';
import { jpegParts } from '../../helpers/jpeg-parts.ts';
import { jpegStoredAs } from '../../helpers/odd-pictures.ts';
import { encoded, gray, type PictureKind, picture } from '../../helpers/pictures.ts';

const RANGE = { floor: 25, ceiling: 90 };

const photo = picture({ width: 640, height: 480, seed: 2 });

const half = (file: Uint8Array): FittedJpeg =>
  fitJpeg(readCoefficients(file).coefficients, { ...RANGE, budget: Math.floor(file.length / 2) });

/** Mean difference between the pixels of two files. */
const difference = async (a: Uint8Array, b: Uint8Array): Promise<number> => {
  const [one, other] = [await sharp(a).raw().toBuffer(), await sharp(b).raw().toBuffer()];
  assert.equal(one.length, other.length);
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] ?? 0)), 0) / one.length;
};

describe('fitJpeg', () => {
  test('photographs take 98 to 100 % of the bytes they may have, or nobody sees a difference', async () => {
    const kinds = [
      { quality: 92 },
      { quality: 80 },
      { quality: 95, chromaSubsampling: '4:4:4' },
      { quality: 75, progressive: true },
      { quality: 85, mozjpeg: true },
    ];
    let [all, inWindow, met] = [0, 0, 0];
    for (const seed of [1, 2]) {
      const source = picture({ width: 560 + 97 * seed, height: 430, seed });
      for (const options of kinds) {
        const file = await encoded(source, 'jpeg', options);
        for (const share of [0.35, 0.5, 0.7]) {
          const budget = Math.floor(file.length * share);
          const name = `${seed} ${JSON.stringify(options)} at ${share}`;
          const { bytes, end, quality, passes } = fitJpeg(readCoefficients(file).coefficients, { ...RANGE, budget });
          assert.notEqual(end, 'floor', name);
          // Bytes can jump where many coefficients have the same value, as in coarse sources.
          assert.ok(bytes.length <= budget && (bytes.length >= budget * 0.95 || end === 'ceiling'), name);
          all += 1;
          inWindow += bytes.length >= budget * 0.98 || end === 'ceiling' ? 1 : 0;
          met += end === 'met' ? 1 : 0;
          assert.ok(quality >= RANGE.floor && quality <= RANGE.ceiling, name);
          assert.ok(passes >= 1 && passes <= 8, `${name}: ${passes} passes`);
          await assertDecodes(bytes, source, name);
        }
      }
    }
    assert.ok(met > all / 2 && inWindow >= all * 0.95, `${met} met, ${inWindow} of ${all} in the window`);
  });

  test('other pictures and small ones stay within the budget, or it cannot be met', async () => {
    const ends = new Set<string>();
    for (const kind of ['photo', 'flat', 'noise', 'gradient'] satisfies PictureKind[]) {
      for (const [width, height] of [
        [16, 16],
        [100, 60],
        [333, 251],
      ] as const) {
        // biome-ignore format: a list of sizes
        for (const source of [picture({ width, height, kind }), gray(picture({ width, height, kind }))]) {
          const file = await encoded(source, 'jpeg', { quality: 90 });
          const budget = Math.floor(file.length / 2);
          const { bytes, end } = half(file);
          ends.add(end);
          assert.equal(bytes.length > budget, end === 'floor', `${kind} ${width} × ${height}: ${end}`);
          await assertDecodes(bytes, source, `${kind} ${width} × ${height}`);
        }
      }
    }
    assert.ok(ends.has('met') && ends.has('floor'));
  });

  test('more bytes, more quality', async () => {
    const file = await encoded(photo, 'jpeg', { quality: 92 });
    const { coefficients } = readCoefficients(file);
    const results = [0.25, 0.4, 0.55, 0.7].map((share) =>
      fitJpeg(coefficients, { ...RANGE, budget: Math.floor(file.length * share) }),
    );
    const errors = await Promise.all(results.map(({ bytes }) => difference(bytes, file)));
    assert.deepEqual(
      errors,
      errors.toSorted((a, b) => b - a),
    );
    const qualities = results.map(({ quality }) => quality);
    assert.deepEqual(
      qualities,
      qualities.toSorted((a, b) => a - b),
    );
    assert.ok((errors.at(-1) ?? 9) < 2 && (errors[0] ?? 99) < 8, `${errors}`);
  });

  test('with bytes to spare it ends at the ceiling', async () => {
    const file = await encoded(photo, 'jpeg', { quality: 98 });
    const { coefficients } = readCoefficients(file);
    const best = jpegAtQuality(coefficients, { quality: RANGE.ceiling });
    for (const budget of [Math.ceil(best.length * 1.02), file.length, 10 ** 9]) {
      const { bytes, end, quality } = fitJpeg(coefficients, { ...RANGE, budget });
      assert.deepEqual([end, quality], ['ceiling', RANGE.ceiling], `${budget}`);
      assert.ok(bytes.length <= budget && Math.abs(bytes.length / best.length - 1) < 0.01);
    }
  });

  test('with more bytes than the source has, nearly nothing is lost', async () => {
    for (const options of [{ quality: 60 }, { quality: 40, chromaSubsampling: '4:4:4' }]) {
      const file = await encoded(photo, 'jpeg', options);
      for (const ceiling of [90, 100]) {
        const { bytes, end, passes } = fitJpeg(readCoefficients(file).coefficients, {
          ...RANGE,
          ceiling,
          budget: file.length * 2,
        });
        assert.notEqual(end, 'floor');
        assert.ok(passes <= 12, `${passes} passes`);
        assert.ok((await difference(bytes, file)) < 1);
        await assertDecodes(bytes, photo, 'as good as the source');
      }
    }
  });

  test('a budget that cannot be met gives the smallest file there is', async () => {
    const file = await encoded(photo, 'jpeg', { quality: 80 });
    const { coefficients } = readCoefficients(file);
    for (const budget of [0, 1, 600]) {
      const { bytes, end, quality } = fitJpeg(coefficients, { ...RANGE, budget });
      assert.deepEqual([end, quality], ['floor', RANGE.floor]);
      assert.ok(bytes.length <= jpegAtQuality(coefficients, { quality: RANGE.floor }).length);
      await assertDecodes(bytes, photo, `${budget}`);
    }
  });

  test('one quality alone may be allowed', async () => {
    const { coefficients } = readCoefficients(await encoded(photo, 'jpeg', { quality: 90 }));
    const wide = fitJpeg(coefficients, { floor: 60, ceiling: 60, budget: 10 ** 7 });
    const tight = fitJpeg(coefficients, { floor: 60, ceiling: 60, budget: 1000 });
    assert.deepEqual([wide.end, wide.quality, tight.end, tight.quality], ['ceiling', 60, 'floor', 60]);
  });

  test('the same picture always becomes the same file, and is not changed', async () => {
    for (const options of [{ quality: 90 }, { quality: 90, chromaSubsampling: '4:4:4' }]) {
      const { coefficients } = readCoefficients(await encoded(photo, 'jpeg', options));
      const before = structuredClone(coefficients);
      const first = fitJpeg(coefficients, { ...RANGE, budget: 30_000 });
      fitJpeg(coefficients, { ...RANGE, budget: 20_000 });
      assert.deepEqual(fitJpeg(coefficients, { ...RANGE, budget: 30_000 }), first);
      assert.deepEqual(coefficients, before);
    }
  });

  test('a profile is put in and counted; one too large is refused', async () => {
    const { coefficients } = readCoefficients(await encoded(photo, 'jpeg', { quality: 90 }));
    const icc = (
      await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
        .withIccProfile('p3')
        .jpeg()
        .toBuffer()
        .then((file) => sharp(file).metadata())
    ).icc;
    assert.ok(icc !== undefined);
    const { bytes, end } = fitJpeg(coefficients, { ...RANGE, budget: 30_000, icc });
    assert.equal(end, 'met');
    assert.ok(bytes.length <= 30_000 && bytes.length > 29_400, `${bytes.length}`);
    assert.deepEqual(Buffer.from(jpegParts(bytes).profile), icc);
    assert.deepEqual(jpegParts(fitJpeg(coefficients, { ...RANGE, budget: 30_000 }).bytes).profile.length, 0);
    const huge = new Uint8Array(17_000_000);
    assert.throws(
      () => fitJpeg(coefficients, { ...RANGE, budget: 30_000, icc: huge }),
      (error) => error instanceof JpegFault && error.kind === 'unsupported',
    );
  });

  test('the picture is written as it was stored, without what the file said of it', async () => {
    const file = await jpegStoredAs(picture({ width: 120, height: 80 }), 6);
    const source = readCoefficients(file);
    assert.equal(source.orientation, 6);
    const { bytes } = half(file);
    const { width, height, orientation, exif } = await sharp(bytes).metadata();
    assert.deepEqual([width, height, orientation, exif], [80, 120, undefined, undefined]);
    const known = new Set(['e0', 'fe', 'db', 'c0', 'c2', 'c4', 'da']);
    assert.ok(jpegParts(bytes).markers.every((marker) => known.has(marker)));
    assert.ok(file.includes('SecretOwner') && !Buffer.from(bytes).includes('SecretOwner'));
  });
});

describe('jpegAtQuality', () => {
  test('any quality of the range; fewer bytes and more difference as it falls', async () => {
    const small = picture({ width: 300, height: 200, seed: 2 });
    for (const options of [{ quality: 97 }, { quality: 97, chromaSubsampling: '4:4:4' }, { mozjpeg: true }]) {
      const file = await encoded(small, 'jpeg', options);
      const { coefficients } = readCoefficients(file);
      const files = [1, 10, 25, 49, 50, 75, 89, 90, 99, 100].map((quality) => jpegAtQuality(coefficients, { quality }));
      for (const made of files) await assertDecodes(made, small, JSON.stringify(options));
      const sizes = files.map(({ length }) => length);
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => a - b),
      );
      const errors = await Promise.all(files.map((made) => difference(made, file)));
      for (const [i, error] of errors.entries()) assert.ok(error <= (errors[i - 1] ?? 99) + 0.02, `${errors}`);
      assert.ok((errors.at(-1) ?? 9) < 0.6, `${errors}`);
    }
  });

  test('keeps the colour of 4:4:4 where quality is high, and halves it below', async () => {
    const file = await encoded(photo, 'jpeg', { quality: 98, chromaSubsampling: '4:4:4' });
    const { coefficients } = readCoefficients(file);
    const subsampling = async (quality: number) =>
      (await sharp(jpegAtQuality(coefficients, { quality })).metadata()).chromaSubsampling;
    assert.deepEqual([await subsampling(100), await subsampling(50)], ['4:4:4', '4:2:0']);
  });

  test('looks like the same quality of libjpeg in fewer bytes', async () => {
    const file = await encoded(photo, 'jpeg', { quality: 97 });
    const { coefficients } = readCoefficients(file);
    for (const quality of [35, 50, 75]) {
      const ours = jpegAtQuality(coefficients, { quality });
      const theirs = await encoded(photo, 'jpeg', { quality });
      assert.ok(ours.length < theirs.length * 1.02, `${quality}: ${ours.length} for ${theirs.length}`);
      const [own, other] = [await difference(ours, file), await difference(theirs, file)];
      assert.ok(own < other * 1.3, `${quality}: ${own} for ${other}`);
    }
  });

  test('gives the same bytes each time, with the profile', async () => {
    const { coefficients } = readCoefficients(await encoded(photo, 'jpeg', {}));
    const icc = Uint8Array.from({ length: 300 }, (_, i) => i);
    const made = jpegAtQuality(coefficients, { quality: 50, icc });
    assert.deepEqual(jpegAtQuality(coefficients, { quality: 50, icc }), made);
    assert.deepEqual(new Uint8Array(jpegParts(made).profile), icc);
  });
});
