/** What a worker can be told to do with one JPEG: bytes in, bytes out, all in memory. */
import sharp from 'sharp';
import { JPEG_QUALITIES } from '../../src/compress/compress-jpeg.ts';
import { fitJpeg, jpegAtQuality } from '../../src/compress/jpeg/fit-jpeg.ts';
import { Memory } from '../../src/compress/jpeg/memory.ts';
import { readCoefficients } from '../../src/compress/jpeg/read-coefficients.ts';
import { bisectToBudget } from '../quality/bisect.ts';
import { fromRgb, readRgb } from '../quality/rgb-picture.ts';

export interface Made {
  readonly bytes: Uint8Array;
  /** Why a search ended, where it tells. */
  readonly end: string | null;
}

const QUALITY = 50;
/** As a press has it: used again for every picture. */
const memory = new Memory();

const made = (bytes: Uint8Array): Made => ({ bytes, end: null });

const halveAtQuality = (source: Buffer): Made => {
  const { coefficients, icc } = readCoefficients(source, { memory });
  return made(jpegAtQuality(coefficients, { quality: QUALITY, icc, memory }));
};

export const halveToBudget = (source: Buffer): Made => {
  const { coefficients, icc } = readCoefficients(source, { memory });
  return fitJpeg(coefficients, { budget: Math.floor(source.length / 2), icc, memory, ...JPEG_QUALITIES });
};

const sharpAtQuality = async (source: Buffer, mozjpeg: boolean): Promise<Made> =>
  made(await sharp(source).jpeg({ quality: QUALITY, mozjpeg }).toBuffer());

/** Decodes once; stops as soon as 49–50 % are met. */
const sharpToBudget = async (source: Buffer, mozjpeg: boolean): Promise<Made> => {
  const picture = await readRgb(source);
  const encode = (quality: number) => fromRgb(picture).jpeg({ quality, mozjpeg }).toBuffer();
  const { bytes } = await bisectToBudget(encode, {
    budget: Math.floor(source.length / 2),
    enough: source.length * 0.49,
  });
  return made(bytes);
};

export const TASKS = {
  'halve-quality': halveAtQuality,
  'halve-budget': halveToBudget,
  'sharp-quality': (source) => sharpAtQuality(source, false),
  'sharp-budget': (source) => sharpToBudget(source, false),
  'mozjpeg-quality': (source) => sharpAtQuality(source, true),
  'mozjpeg-budget': (source) => sharpToBudget(source, true),
} as const satisfies Record<string, (source: Buffer) => Made | Promise<Made>>;
export type TaskName = keyof typeof TASKS;
