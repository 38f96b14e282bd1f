/**
 * Pictures made by arithmetic, so that tests need no files: the same arguments always give the same pixels. They have
 * what encoders react to (noise at every scale, gradients, hard edges, lettering), because a one-colour square
 * compresses like nothing in a real catalogue.
 */
import sharp, { type Sharp } from 'sharp';

export type PictureKind = 'photo' | 'flat' | 'noise' | 'gradient';

/** Raw 8-bit pixels, rows top to bottom, channels interleaved. */
export interface Picture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 RGB, 4 RGB and alpha. */
  readonly channels: 1 | 3 | 4;
}

export interface PictureRequest {
  readonly width: number;
  readonly height: number;
  readonly seed?: number;
  readonly kind?: PictureKind;
  /** Adds a soft-edged transparent border. */
  readonly alpha?: boolean;
}

export const picture = ({ width, height, seed = 1, kind = 'photo', alpha = false }: PictureRequest): Picture => {
  const channels = alpha ? 4 : 3;
  const data = Buffer.alloc(width * height * channels);
  const paint = PAINTERS[kind](width, height, seed);
  const colour = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      paint(x, y, colour);
      const at = (y * width + x) * channels;
      for (let c = 0; c < 3; c++) data[at + c] = Math.max(0, Math.min(255, Math.round(colour[c] ?? 0)));
      if (alpha) data[at + 3] = edgeAlpha(x, y, width, height);
    }
  }
  return { data, width, height, channels };
};

/** The picture in shades of gray, one channel. */
export const gray = (source: Picture): Picture => {
  const data = Buffer.alloc(source.width * source.height);
  for (let i = 0; i < data.length; i++) data[i] = source.data[i * source.channels + 1] ?? 0;
  return { ...source, data, channels: 1 };
};

/** The picture as input for sharp. */
export const toSharp = ({ data, width, height, channels }: Picture): Sharp =>
  sharp(data, { raw: { width, height, channels } });

/** The picture as a file; `options` are sharp's for that format. */
export const encoded = (source: Picture, format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif', options: object = {}) =>
  toSharp(source)
    .toFormat(format, format === 'avif' ? { effort: 0, ...options } : options)
    .toBuffer();

type Painter = (x: number, y: number, colour: Float64Array) => void;

const PAINTERS: Readonly<Record<PictureKind, (width: number, height: number, seed: number) => Painter>> = {
  /** Light falling over a mottled ground, round things with shadows, a label with lettering, sensor grain. */
  photo: (width, height, seed) => {
    const random = randomFrom(seed);
    const side = Math.max(8, Math.min(width, height));
    const things = Array.from({ length: 7 }, () => ({
      x: random() * width,
      y: random() * height,
      radius: (0.06 + 0.16 * random()) * side,
      colour: [40 + 200 * random(), 40 + 200 * random(), 40 + 200 * random()] as const,
    }));
    const tint = [0.9 + 0.2 * random(), 0.9 + 0.2 * random(), 0.9 + 0.2 * random()] as const;
    const label = { x: width * 0.55, y: height * 0.62, width: width * 0.35, height: Math.max(8, height * 0.24) };
    return (x, y, colour) => {
      const ground = octaves(x, y, side / 3, seed, 6);
      const light = 0.55 + 0.45 * (1 - y / height) + 0.15 * (x / width);
      for (let c = 0; c < 3; c++) colour[c] = 255 * light * (tint[c] ?? 1) * (0.25 + 0.6 * ground);
      for (const thing of things) {
        const distance = Math.hypot(x - thing.x, y - thing.y) / thing.radius;
        if (distance >= 1.1) continue;
        const shade = distance < 1 ? Math.sqrt(1 - distance * distance) : 0;
        const weave = 0.8 + 0.4 * octaves(x, y, thing.radius / 4, seed + 7, 5);
        for (let c = 0; c < 3; c++) {
          colour[c] = distance < 1 ? (thing.colour[c] ?? 0) * (0.3 + 0.7 * shade) * weave : (colour[c] ?? 0) * 0.6;
        }
      }
      if (x > label.x && x < label.x + label.width && y > label.y && y < label.y + label.height) {
        colour.fill(isInk(x - label.x, y - label.y, seed) ? 25 : 238);
      }
      const grain = (hash(x, y, seed + 99) - 0.5) * 7;
      for (let c = 0; c < 3; c++) colour[c] = (colour[c] ?? 0) + grain;
    };
  },
  /** Few flat colours and lettering: a logo, a chart. */
  flat: (width, height, seed) => {
    const random = randomFrom(seed);
    const inks = Array.from({ length: 6 }, () => [random() * 255, random() * 255, random() * 255] as const);
    return (x, y, colour) => {
      const field = Math.floor((x / width) * 3) + 3 * Math.floor((y / height) * 2);
      const ink = inks[field % inks.length] ?? [0, 0, 0];
      const dark = isInk(x, y, seed) && (x / width) % 0.5 > 0.12;
      for (let c = 0; c < 3; c++) colour[c] = dark ? 20 : (ink[c] ?? 0);
    };
  },
  noise: (_width, _height, seed) => (x, y, colour) => {
    for (let c = 0; c < 3; c++) colour[c] = 256 * hash(x, y, seed + 31 * c);
  },
  gradient: (width, height) => (x, y, colour) => {
    colour[0] = (255 * x) / width;
    colour[1] = (255 * y) / height;
    colour[2] = (255 * (x + y)) / (width + height);
  },
};

/** Rows of letter-like marks 5 × 7 pixels, as in a 6 × 10 font. */
const isInk = (x: number, y: number, seed: number): boolean => {
  const column = Math.floor(x) % 6;
  const line = Math.floor(y) % 10;
  if (column === 5 || line > 6) return false;
  const letter = Math.floor(x / 6) + 1000 * Math.floor(y / 10);
  return hash(letter, column + 8 * line, seed + 5) > 0.55;
};

const edgeAlpha = (x: number, y: number, width: number, height: number): number => {
  const edge = Math.min(x, y, width - 1 - x, height - 1 - y) / (0.12 * Math.min(width, height));
  return Math.max(0, Math.min(255, Math.round(255 * edge)));
};

/** Value noise summed over octaves, 0–1. Ken Perlin's construction with a cheaper lattice. */
const octaves = (x: number, y: number, scale: number, seed: number, count: number): number => {
  let sum = 0;
  let weight = 0.5;
  let size = scale;
  for (let octave = 0; octave < count && size > 0.6; octave++) {
    sum += weight * smoothNoise(x / size, y / size, seed + octave);
    weight /= 1.7;
    size /= 2;
  }
  return Math.min(1, sum);
};

const smoothNoise = (x: number, y: number, seed: number): number => {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const u = smoothStep(x - x0);
  const v = smoothStep(y - y0);
  const top = hash(x0, y0, seed) * (1 - u) + hash(x0 + 1, y0, seed) * u;
  const bottom = hash(x0, y0 + 1, seed) * (1 - u) + hash(x0 + 1, y0 + 1, seed) * u;
  return top * (1 - v) + bottom * v;
};

const smoothStep = (t: number): number => t * t * (3 - 2 * t);

/** 0 ≤ value < 1 from three integers; the finisher is MurmurHash3's (Appleby, public domain). */
const hash = (x: number, y: number, seed: number): number => {
  let h = Math.imul(x | 0, 0x9e3779b1) ^ Math.imul(y | 0, 0x85ebca77) ^ Math.imul(seed | 0, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
};

/** A stream of numbers 0 ≤ n < 1 that depends on the seed alone. */
const randomFrom = (seed: number): (() => number) => {
  let count = 0;
  return () => hash(++count, seed, 0x51ed270b);
};
