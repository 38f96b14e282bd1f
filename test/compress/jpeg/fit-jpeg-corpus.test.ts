import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type FittedJpeg, fitJpeg, jpegAtQuality } from '../../../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { assertDecodes } from '../../helpers/assert-decodes.ts';

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus');
const [PHOTOS, HOSTILE] = [join(CORPUS, 'photos'), join(CORPUS, 'hostile')];
const RANGE = { floor: 25, ceiling: 90 };
/** All take too long for every run; these are spread over them. */
const PHOTOS_TAKEN = 12;

interface Result extends FittedJpeg {
  readonly budget: number;
}

/** Halves a file, and asserts that decoders take what comes out; null when it is refused. */
const halved = async (path: string): Promise<Result | null> => {
  const file = readFileSync(path);
  try {
    const { coefficients, icc } = readCoefficients(file);
    const budget = Math.floor(file.length / 2);
    const fitted = fitJpeg(coefficients, { ...RANGE, budget, icc });
    await assertDecodes(fitted.bytes, coefficients, `${path} at 50 %`);
    assert.equal(fitted.bytes.length > budget, fitted.end === 'floor', path);
    const atQuality = jpegAtQuality(coefficients, { quality: 50, icc });
    await assertDecodes(atQuality, coefficients, `${path} at quality 50`);
    return { ...fitted, budget };
  } catch (error) {
    if (error instanceof JpegFault) return null;
    throw error;
  }
};

describe('the JPEGs of the corpora, through the whole engine', () => {
  test('photographs take 49 to 50 % of their bytes, or nobody sees a difference', {
    skip: existsSync(PHOTOS) ? false : 'the corpus of photographs is not on this machine',
  }, async (t) => {
    const names = readdirSync(PHOTOS).filter((name) => /\.jpe?g$/i.test(name));
    const every = Math.max(1, Math.floor(names.length / PHOTOS_TAKEN));
    let [met, all] = [0, 0];
    for (const name of names.filter((_, i) => i % every === 0)) {
      const result = await halved(join(PHOTOS, name));
      if (result === null) continue;
      const { bytes, end, budget } = result;
      all += 1;
      if (end === 'ceiling' || (end === 'met' && bytes.length >= budget * 0.98)) met += 1;
      else t.diagnostic(`${name}: ${end} with ${bytes.length} of ${budget} bytes`);
    }
    assert.ok(all >= PHOTOS_TAKEN / 2, `only ${all} photographs could be read`);
    assert.ok(met >= all - 1, `${met} of ${all}`);
  });

  test('hostile ones are refused, or become files that are decoded without a warning', {
    skip: existsSync(HOSTILE) ? false : 'the corpus of hostile files is not on this machine',
  }, async (t) => {
    let [made, refused] = [0, 0];
    for (const name of readdirSync(HOSTILE)) {
      if ((await halved(join(HOSTILE, name))) === null) refused += 1;
      else made += 1;
    }
    t.diagnostic(`${made} made, ${refused} refused`);
    assert.ok(made > 5 && refused > 50);
  });
});
