import type { ImageFacts } from './inspect-image.ts';
import type { LossyEncoder } from './lossy-encoders.ts';
import { nearestQuality } from './quality-axis.ts';
import { AIM } from './search-quality.ts';
import { fromRaw, type Pixels, type RawPixels } from './sharp.ts';

/** Where the search should begin, learned from a part of the picture. */
export interface Estimate {
  readonly start: number;
  readonly slope: number;
  /** Bytes the whole picture is expected to take. */
  readonly sizeAt: (quality: number) => number;
}

/** JPEG codes colour at half resolution in units of 16 × 16 pixels. */
const TILE = 16;
/** Headers and tables of a small JPEG, bytes. */
const OVERHEAD = 500;
/** Tiles torn from their places cost 4 % more, because each is coded as a difference to its left neighbour. */
const SEAM_SHARE = 0.96;
/** A smaller picture encodes faster than its sample would be worth. */
const MIN_PIXELS = 250_000;
/** Enough for an estimate within a few per cent: every n-th tile is taken so that about this many remain. */
const SAMPLE_PIXELS = 100_000;
const MAX_STEP = 11;
/** How far each row of tiles is shifted against the one above; odd to {@link MAX_STEP}, so that all columns are met. */
const SLANT = 4;

/**
 * Encodes about a tenth of the picture at two qualities, and draws the line of ln(bytes) through both: the whole then
 * needs little more than one encode. Null where no sample can be taken. JPEG only: WebP and AVIF predict so much from
 * neighbours that a sample says little of the whole (measured: off by 20–50 %, JPEG by 4 %).
 */
export const estimateStart = async (
  pixels: Pixels,
  facts: ImageFacts,
  encoder: LossyEncoder,
  budget: number,
): Promise<Estimate | null> => {
  const { raw } = pixels;
  if (raw === null || facts.frames > 1 || raw.width * raw.height < MIN_PIXELS) return null;
  const sample = takeTiles(raw);
  const share = (sample.width * sample.height) / (raw.width * raw.height);
  const part = fromRaw(sample, facts);
  const sizeAt = async (quality: number): Promise<number> => {
    const { length } = await part.encode(encoder.settings(quality));
    return (SEAM_SHARE * Math.max(1, length - OVERHEAD)) / share + OVERHEAD;
  };
  const { axis, floor, ceiling } = encoder;
  const at = (place: number) => nearestQuality(axis, place, floor, ceiling);
  const firstSize = await sizeAt(encoder.start);
  const second = at(axis(encoder.start) + Math.log(budget / firstSize) / encoder.slope);
  const secondSize = second === encoder.start ? firstSize : await sizeAt(second);
  // Not a number when both are the same quality; then the expected slope has to do.
  const measured = Math.log(secondSize / firstSize) / (axis(second) - axis(encoder.start));
  const slope = measured > encoder.slope / 3 && measured < encoder.slope * 3 ? measured : encoder.slope;
  return {
    start: at(axis(second) + Math.log((budget * AIM) / secondSize) / slope),
    slope,
    sizeAt: (quality) => secondSize * Math.exp((axis(quality) - axis(second)) * slope),
  };
};

/**
 * Tiles from all over the picture, in a slanted grid so that no column or row of it is favoured, put side by side.
 * Tiles are whole coding units, so that each costs about what it costs in its place.
 */
const takeTiles = ({ data, width, height, channels }: RawPixels): RawPixels => {
  const side = TILE;
  const columns = Math.floor(width / side);
  const rows = Math.floor(height / side);
  const step = Math.max(2, Math.min(MAX_STEP, Math.floor((width * height) / SAMPLE_PIXELS)));
  const tiles: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if ((column + SLANT * row) % step === 0) tiles.push((row * side * width + column * side) * channels);
    }
  }
  const across = Math.max(1, Math.min(tiles.length, columns));
  const down = Math.floor(tiles.length / across);
  const tileBytes = side * channels;
  const sample = Buffer.alloc(across * tileBytes * down * side);
  for (let i = 0; i < across * down; i++) {
    const from = tiles[i] ?? 0;
    const to = (Math.floor(i / across) * side * across + (i % across)) * tileBytes;
    for (let line = 0; line < side; line++) {
      const start = from + line * width * channels;
      data.copy(sample, to + line * across * tileBytes, start, start + tileBytes);
    }
  }
  return { data: sample, width: across * side, height: down * side, channels };
};
