import { JpegFault } from './jpeg/jpeg-fault.ts';
import { describeJpeg } from './jpeg/read-coefficients.ts';
import type { Header } from './sharp.ts';

/** What is read of a JPEG's header here; named as sharp names it. */
export type PlainJpegHeader = Pick<Header, 'width' | 'height' | 'hasAlpha' | 'depth'> & {
  readonly space: 'srgb' | 'b-w';
  readonly chromaSubsampling: '4:4:4' | '4:2:0';
};

/**
 * The header of a JPEG with nothing in it but a picture: JFIF, tables, comments, one frame (ITU-T T.81 annex B). Null
 * for everything else, also for whatever is odd or damaged, which is for sharp to judge; what is answered here sharp
 * would have answered, at eight times the cost.
 */
export const readPlainJpeg = (source: Buffer): PlainJpegHeader | null => {
  const frame = frameOfPlain(source);
  if (frame === null) return null;
  try {
    const { width, height, colour } = describeJpeg(source);
    const space = colour === 'gray' ? 'b-w' : 'srgb';
    // sharp tells full colour from the rest by the largest sampling factors and calls all the rest 4:2:0.
    const isFull = samplings(frame).every((sampling) => sampling === 0x11);
    return { width, height, hasAlpha: false, depth: 'uchar', space, chromaSubsampling: isFull ? '4:4:4' : '4:2:0' };
  } catch (error) {
    if (error instanceof JpegFault) return null;
    throw error;
  }
};

const SOS = 0xda;
/** Of the kinds of frames described by `jpeg/`. */
const FRAMES = [0xc0, 0xc1, 0xc2];

/** The content of the frame header, once all segments up to the first scan are known to be plain; null if one is not. */
const frameOfPlain = (source: Buffer): Buffer | null => {
  let frame: Buffer | null = null;
  for (let at = 2; at + 4 <= source.length; ) {
    const marker = source[at + 1] ?? 0;
    const end = at + 2 + source.readUInt16BE(at + 2);
    if (source[at] !== 0xff || end < at + 4 || end > source.length) return null;
    const body = source.subarray(at + 4, end);
    at = end;
    if (marker === SOS) return frame !== null && namesItsComponents(body, frame) ? frame : null;
    if (FRAMES.includes(marker) && frame === null) frame = body;
    else if (!isHarmless(marker, body)) return null;
  }
  return null;
};

/** DHT, DQT, DRI, COM and JFIF's APP0. */
const isHarmless = (marker: number, body: Buffer): boolean =>
  HARMLESS.includes(marker) || (marker === APP0 && body.length >= 14 && body.toString('latin1', 0, 5) === 'JFIF\0');
const HARMLESS = [0xc4, 0xdb, 0xdd, 0xfe];
const APP0 = 0xe0;

/** Does a scan header (B.2.3) name components of the frame, each once? */
const namesItsComponents = (scan: Buffer, frame: Buffer): boolean => {
  const count = scan[0] ?? 0;
  if (count === 0 || scan.length !== 4 + 2 * count) return false;
  const names = Array.from({ length: count }, (_, i) => scan[1 + 2 * i]);
  const known = componentsOf(frame).map(([name]) => name);
  return new Set(names).size === count && names.every((name) => known.includes(name));
};

/** Name, sampling and table of each component (B.2.2). */
const componentsOf = (frame: Buffer): Buffer[] =>
  Array.from({ length: frame[5] ?? 0 }, (_, i) => frame.subarray(6 + 3 * i, 9 + 3 * i));

const samplings = (frame: Buffer): (number | undefined)[] => componentsOf(frame).map(([, sampling]) => sampling);
