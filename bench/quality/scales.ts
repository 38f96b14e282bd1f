/** The other encoders, each on its own scale of qualities. */
import { runProgram } from '../programs.ts';
import type { Scale } from './equal-bytes.ts';
import { fromRgb, readRgb } from './rgb-picture.ts';
import type { Sample } from './sample.ts';

const QUALITIES = { lowest: 1, highest: 100 } as const;

export const SHARP: Scale = {
  id: 'sharp, its defaults',
  ...QUALITIES,
  encode: async ({ bytes }, quality) =>
    fromRgb(await readRgb(bytes))
      .jpeg({ quality })
      .toBuffer(),
};

export const MOZJPEG: Scale = {
  id: 'mozjpeg, through sharp',
  ...QUALITIES,
  encode: async ({ bytes }, quality) =>
    fromRgb(await readRgb(bytes))
      .jpeg({ quality, mozjpeg: true })
      .toBuffer(),
};

export const JPEGOPTIM: Scale = {
  id: 'jpegoptim --keep-icc',
  ...QUALITIES,
  encode: async (sample, quality) => jpegoptim(sample, `--max=${quality}`),
};

/**
 * Runs jpegoptim so that the picture looks the same: with its profile, and turned upright where that takes its Exif. It
 * writes nothing and may fail where it would not gain: then the file stays as it is.
 */
export const jpegoptim = async ({ path, bytes, facts }: Sample, option: string): Promise<Uint8Array> => {
  const kept = facts.orientation === 1 ? ['--keep-icc'] : ['--keep-icc', '--keep-exif'];
  const settings = ['--quiet', '--strip-all', ...kept, option];
  const output = await runProgram('jpegoptim', [...settings, '--stdout', path]).catch(() => null);
  return output === null || output.length === 0 ? bytes : output;
};

export const CWEBP: Scale = {
  id: 'cwebp',
  lowest: 0,
  highest: 100,
  encode: ({ path }, quality) => runProgram('cwebp', ['-quiet', '-q', String(quality), path, '-o', '-']),
};

/** On a scale of colours. */
export const PNGQUANT: Scale = {
  id: 'pngquant',
  lowest: 2,
  highest: 256,
  encode: ({ bytes }, colours) => runProgram('pngquant', ['--strip', String(colours), '-'], bytes),
};
