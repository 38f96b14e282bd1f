import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { DEFAULT_OPTIONS, type ImageFormat } from '../../src/core/options.ts';
import { isInstalled, runProgram } from '../programs.ts';
import { bisectToBudget } from './bisect.ts';
import type { Scale } from './equal-bytes.ts';
import { fromRgb, readRgb } from './rgb-picture.ts';
import type { Sample } from './sample.ts';
import { CWEBP, JPEGOPTIM, jpegoptim, MOZJPEG, PNGQUANT, SHARP } from './scales.ts';

export interface Halved {
  readonly bytes: Uint8Array;
  /** Null where the program does not tell. */
  readonly encodes: number | null;
}

/** Somebody who halves files, the way its users do it. */
export interface Contestant {
  readonly name: string;
  readonly formats: readonly ImageFormat[];
  readonly program: string | null;
  halve(sample: Sample): Promise<Halved>;
  /** For the comparison at equal bytes. */
  readonly scale: Scale;
}

/** The product as it is: everything between download and storage. */
export const halve = async ({ bytes }: Sample) => compressImage(bytes, await inspectImage(bytes), DEFAULT_OPTIONS);

/** Decodes once and looks for the quality by bisection until 47.5–50 % is met, which is Halve's own tolerance. */
const bySearch = async ({ bytes }: Sample, options: { readonly mozjpeg: boolean }): Promise<Halved> => {
  const picture = await readRgb(bytes);
  const encode = (quality: number) =>
    fromRgb(picture)
      .jpeg({ quality, ...options })
      .toBuffer();
  return bisectToBudget(encode, { budget: Math.floor(bytes.length / 2), enough: bytes.length * 0.475 });
};

const once = async (bytes: Promise<Uint8Array>): Promise<Halved> => ({ bytes: await bytes, encodes: null });

const ALL: readonly Contestant[] = [
  {
    name: 'jpegoptim `--size=50%`',
    formats: ['jpeg'],
    program: 'jpegoptim',
    halve: (sample) => once(jpegoptim(sample, '--size=50%')),
    scale: JPEGOPTIM,
  },
  {
    name: 'sharp, by bisection',
    formats: ['jpeg'],
    program: null,
    halve: (sample) => bySearch(sample, { mozjpeg: false }),
    scale: SHARP,
  },
  {
    name: 'mozjpeg (sharp), by bisection',
    formats: ['jpeg'],
    program: null,
    halve: (sample) => bySearch(sample, { mozjpeg: true }),
    scale: MOZJPEG,
  },
  {
    name: 'cwebp `-size`',
    formats: ['webp'],
    program: 'cwebp',
    halve: ({ path, bytes }) =>
      once(runProgram('cwebp', ['-quiet', '-size', String(Math.floor(bytes.length / 2)), path, '-o', '-'])),
    scale: CWEBP,
  },
  {
    name: 'pngquant, its defaults',
    formats: ['png'],
    program: 'pngquant',
    halve: ({ bytes }) => once(runProgram('pngquant', ['--strip', '-'], bytes)),
    scale: PNGQUANT,
  },
];

/** Those that are on this machine. */
export const CONTESTANTS = ALL.filter(({ program }) => program === null || isInstalled(program));
export const MISSING = ALL.filter((contestant) => !CONTESTANTS.includes(contestant)).map(({ program }) => program);
