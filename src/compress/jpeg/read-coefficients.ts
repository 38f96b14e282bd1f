import { BlockStore } from './block-store.ts';
import type { Coefficients } from './coefficients.ts';
import { decodeBaseline } from './decode-baseline.ts';
import { decodeProgressive } from './decode-progressive.ts';
import { EntryList } from './entry-list.ts';
import { type JpegHeader, MarkerReader } from './markers.ts';
import { Memory } from './memory.ts';

/** What a JPEG is, from the segments before its first scan. */
export interface JpegFacts {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly colour: 'gray' | 'ycc';
  /** Exif orientation 1–8; 1 is upright. */
  readonly orientation: number;
  /** Null without a profile, and when its parts are not complete. */
  readonly icc: Uint8Array | null;
}

/** A JPEG with its entropy coding undone. */
export interface JpegSource extends JpegFacts {
  readonly coefficients: Coefficients;
}

export interface ReadOptions {
  /** Larger pictures are refused. */
  readonly maxPixels?: number;
  /** What is read stays valid until this memory is given again; fresh memory by default. */
  readonly memory?: Memory;
}

const MAX_PIXELS = 50_000_000;

/**
 * Tells what a JPEG is and whether `readCoefficients` handles its kind, reading only the segments before its first scan.
 * @throws JpegFault
 */
export const describeJpeg = (
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS, memory = new Memory() }: ReadOptions = {},
): JpegFacts => factsOf(new MarkerReader(bytes, maxPixels, memory).header());

/**
 * Decodes the entropy coding of a JPEG (ITU-T T.81): Huffman-coded baseline, extended sequential and progressive files,
 * 8 bits, gray or YCbCr. The quantised coefficients are returned exactly as sent; nothing is guessed.
 *
 * Stricter than libjpeg: everything it warns of is refused here, and so are a few things it accepts in silence
 * (coefficients out of range, symbols without meaning, end-of-band runs over the end of an interval). What follows the
 * end marker is ignored.
 * @throws JpegFault `unsupported`, also for progressive files that leave out coefficients or their last bits: decoders
 *   smooth those. `damaged`, `cut-off`
 */
export const readCoefficients = (
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS, memory = new Memory() }: ReadOptions = {},
): JpegSource => {
  memory.reset();
  const reader = new MarkerReader(bytes, maxPixels, memory);
  const header = reader.header();
  const { frame } = header;
  const { scans, steps, bits } = reader.scans(header);
  const store = new BlockStore(frame, new EntryList(2 * bits.byteLength, memory, 'entries'), memory);
  if (frame.progressive) decodeProgressive(frame, scans, bits, store, memory);
  else decodeBaseline(frame, scans, bits, store, memory);
  memory.release('scan data');
  const { width, height, components } = frame;
  const planes = components.map((component, place) => store.plane(component, steps[place] ?? new Uint16Array(64)));
  const entries = store.list.entries.subarray(0, store.list.length);
  return { ...factsOf(header), coefficients: { width, height, planes, entries } };
};

const factsOf = ({ frame, app }: JpegHeader): JpegFacts => ({
  width: frame.width,
  height: frame.height,
  progressive: frame.progressive,
  colour: frame.components.length === 1 ? 'gray' : 'ycc',
  orientation: app.orientation,
  icc: app.icc(),
});
