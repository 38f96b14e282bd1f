import type { IndexedFrame } from './compact-colours.ts';
import type { OpenGif } from './recode-gif.ts';

/** A part of a GIF by which its size can be foretold. */
export interface GifSample {
  readonly part: OpenGif;
  /** Its share of the source's bytes. */
  readonly share: number;
}

/** A smaller GIF packs faster than its sample would be worth. */
const MIN_PIXELS = 1_500_000;
const SAMPLE_PIXELS = 500_000;
/** Rows of a band; runs seldom reach over more. */
const BAND = 32;

/** The first frames of an animation, bands from all over a still; null where the whole is small. */
export const sampleGif = (open: OpenGif): GifSample | null => {
  const { frames } = open;
  const total = frames.reduce((sum, { indexes }) => sum + indexes.length, 0);
  const [first] = frames;
  if (first === undefined || total < MIN_PIXELS) return null;
  if (frames.length === 1) {
    const band = takeBands(first, SAMPLE_PIXELS / total);
    return band && { part: { ...open, frames: [band] }, share: band.indexes.length / total };
  }
  const count = Math.max(2, Math.ceil((frames.length * SAMPLE_PIXELS) / total));
  const bytes = (some: readonly IndexedFrame[]) => some.reduce((sum, { frame }) => sum + frame.data.length, 0);
  const some = frames.slice(0, count);
  return { part: { ...open, frames: some }, share: bytes(some) / Math.max(1, bytes(frames)) };
};

const takeBands = ({ frame, indexes }: IndexedFrame, share: number): IndexedFrame | null => {
  const { width, height } = frame;
  const step = Math.floor(1 / share);
  const bands: Uint8Array[] = [];
  for (let row = BAND * (step >> 1); row + BAND <= height; row += BAND * step) {
    bands.push(indexes.subarray(row * width, (row + BAND) * width));
  }
  if (bands.length === 0) return null;
  return { frame: { ...frame, height: bands.length * BAND }, indexes: Buffer.concat(bands) };
};
