/** Makes pictures worse by whole-number arithmetic, the same on every machine: what codecs do, without a codec. */
import type { Picture } from './pictures.ts';

export type Distortion = 'noise' | 'blur' | 'posterise' | 'blocks' | 'tint';

/** @param strength 1 hardly visible … about 40 ruined */
export const distorted = (source: Picture, distortion: Distortion, strength: number): Picture => {
  const data = Buffer.alloc(source.data.length);
  const change = DISTORTIONS[distortion](source, strength);
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      for (let c = 0; c < source.channels; c++) {
        data[(y * source.width + x) * source.channels + c] = Math.max(0, Math.min(255, change(x, y, c)));
      }
    }
  }
  return { ...source, data };
};

/** The picture's value at a place, the nearest one beside the picture. */
const valueAt = ({ data, width, height, channels }: Picture, x: number, y: number, c: number): number => {
  const column = Math.max(0, Math.min(width - 1, x));
  const row = Math.max(0, Math.min(height - 1, y));
  return data[(row * width + column) * channels + c] ?? 0;
};

const meanOf = (source: Picture, left: number, top: number, side: number, c: number): number => {
  let sum = 0;
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) sum += valueAt(source, x, y, c);
  return Math.floor(sum / (side * side) + 0.5);
};

type Change = (x: number, y: number, c: number) => number;

const DISTORTIONS: Readonly<Record<Distortion, (source: Picture, strength: number) => Change>> = {
  /** Every value off by up to `strength`. */
  noise: (source, strength) => (x, y, c) =>
    valueAt(source, x, y, c) + (scatter(x, y, c) % (2 * strength + 1)) - strength,
  /** The mean of a square that reaches `strength` pixels in each direction. */
  blur: (source, strength) => (x, y, c) => meanOf(source, x - strength, y - strength, 2 * strength + 1, c),
  posterise: (source, strength) => (x, y, c) =>
    Math.floor(valueAt(source, x, y, c) / (strength + 1)) * (strength + 1) + (strength >> 1),
  /** As with coarse quantisation: blocks of 8 × 8 move towards their mean, by `strength` of 40 parts. */
  blocks: (source, strength) => (x, y, c) => {
    const mean = meanOf(source, x - (x % 8), y - (y % 8), 8, c);
    const value = valueAt(source, x, y, c);
    return value + Math.trunc(((mean - value) * strength) / 40);
  },
  /** More red, less blue. */
  tint: (source, strength) => (x, y, c) => valueAt(source, x, y, c) + (1 - c) * strength,
};

const scatter = (x: number, y: number, c: number): number => {
  const h = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77) ^ Math.imul(c + 1, 0xc2b2ae3d);
  const mixed = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 0;
};
