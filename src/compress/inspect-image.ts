import { AppError } from '../core/errors.ts';
import type { CompressOptions, ImageFormat } from '../core/options.ts';
import { readIccProfile } from './icc-profile.ts';
import { LIMITS } from './limits.ts';
import { readPlainJpeg } from './plain-jpeg.ts';
import { HEIC, type RefusedFormat } from './refused-formats.ts';
import { type Header, readHeader } from './sharp.ts';
import { sniffFormat } from './sniff-format.ts';
import { whereCutOff } from './where-cut-off.ts';

/** What is known of a picture before any pixel of it is decoded. Plain data. */
export interface ImageFacts {
  readonly format: ImageFormat;
  /** Pixels of one frame as a viewer shows it: turned upright. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Pixels of all frames. */
  readonly pixels: number;
  /** EXIF orientation 1–8; 1 is upright. */
  readonly orientation: number;
  readonly hasAlpha: boolean;
  readonly isGray: boolean;
  /** More than 8 bits a channel. */
  readonly isDeep: boolean;
  /** JPEG only: colour is stored at full resolution (4:4:4). True for every other format. */
  readonly fullChroma: boolean;
  /**
   * What happens to the colour profile: there is `none`; it is `dropped` because it says sRGB or is no profile at all;
   * it is `kept` with the pixels as they are; the pixels are `converted` to sRGB by it (CMYK).
   */
  readonly profile: 'none' | 'dropped' | 'kept' | 'converted';
  /** Times an animation plays, 0 for ever; and each frame's time in milliseconds. Empty for stills. */
  readonly loop: number;
  readonly delays: readonly number[];
  /** An animated PNG or AVIF: sharp sees only its first frame, so the file can be kept but not encoded anew. */
  readonly hasHiddenFrames: boolean;
  /** A JPEG with a second picture that brightens the first on HDR screens (ISO 21496-1). */
  readonly hasGainMap: boolean;
  /**
   * The file ends too early, says this sentence, and the user wants what there is of it. Null: the file is whole, or
   * has to be.
   */
  readonly cutOff: string | null;
  /** Pixel-equivalents of memory that decoding takes; for a semaphore. */
  readonly decodeCost: number;
}

/**
 * Finds out what a downloaded file is, from its bytes alone, and whether it may be decoded.
 * @param options `tolerant`: a file that is cut off may be taken; see {@link ImageFacts.cutOff}. `format`: a JPEG that
 *   stays one needs the least memory
 * @throws AppError `not_an_image`, `unsupported_format`, `too_many_pixels`, `corrupt_image`, `truncated_image`
 */
export const inspectImage = async (
  source: Buffer,
  { tolerant, format: wanted }: Pick<CompressOptions, 'tolerant' | 'format'> = { tolerant: false, format: 'same' },
): Promise<ImageFacts> => {
  const format = formatOf(source);
  const cutOff = tolerant ? whereCutOff(source, format) : null;
  const plain = format === 'jpeg' && cutOff === null ? readPlainJpeg(source) : null;
  const header: UsedHeader = plain ?? (await readHeader(source, { format, cutOff }));
  if (format === 'avif' && header.compression !== 'av1') {
    throw new AppError('unsupported_format', { detail: refusal(HEIC) });
  }
  const gathered = gatherFacts(format, header, source);
  const staysJpeg = format === 'jpeg' && (wanted === 'same' || wanted === 'jpeg');
  const decodeCost = gathered.pixels * (staysJpeg ? 1 : LIMITS.judgedCost);
  const facts = { ...gathered, cutOff, decodeCost };
  checkLimits(facts);
  return facts;
};

const refusal = ({ name, hint }: RefusedFormat): string =>
  `The file is in the format ${name}, which is not taken. ${hint}`;

const formatOf = (source: Buffer): ImageFormat => {
  const sniffed = sniffFormat(source);
  if (sniffed.kind === 'image') return sniffed.format;
  if (sniffed.kind === 'refused') throw new AppError('unsupported_format', { detail: refusal(sniffed) });
  throw new AppError('not_an_image', source.length === 0 ? { detail: 'The file is empty.' } : {});
};

/** What of a header becomes facts. */
type UsedHeader = Pick<Header, 'width' | 'height' | 'hasAlpha'> &
  Partial<
    Pick<
      Header,
      | 'space'
      | 'depth'
      | 'chromaSubsampling'
      | 'orientation'
      | 'pages'
      | 'pageHeight'
      | 'loop'
      | 'delay'
      | 'icc'
      | 'gainMap'
      | 'compression'
    >
  >;

const gatherFacts = (
  format: ImageFormat,
  header: UsedHeader,
  source: Buffer,
): Omit<ImageFacts, 'cutOff' | 'decodeCost'> => {
  // AVIF and animations: the pages of an AVIF are separate pictures, of which the primary one counts.
  const frames = format === 'gif' || format === 'webp' ? (header.pages ?? 1) : 1;
  // AVIF turns by its own boxes, which the decoder applies; its EXIF tag says nothing (MIAF 7.3.6.7).
  const orientation = format === 'avif' || frames > 1 ? 1 : (header.orientation ?? 1);
  const sideways = orientation >= 5;
  const frameHeight = header.pageHeight ?? header.height;
  const pixels = header.width * frameHeight * frames;
  return {
    format,
    width: sideways ? frameHeight : header.width,
    height: sideways ? header.width : frameHeight,
    frames,
    pixels,
    orientation,
    hasAlpha: header.hasAlpha,
    isGray: header.space === 'b-w' || header.space === 'grey16',
    isDeep: header.depth !== 'uchar',
    fullChroma: format !== 'jpeg' || (header.chromaSubsampling ?? '4:4:4').startsWith('4:4:4'),
    profile: profileFate(header),
    loop: Math.min(header.loop ?? 0, MAX_TIMING),
    delays: frames > 1 ? (header.delay ?? []).map((delay) => Math.min(delay, MAX_TIMING)) : [],
    hasHiddenFrames: hasHiddenFrames(format, source),
    hasGainMap: header.gainMap !== undefined,
  };
};

/** Two bytes in GIF, and what sharp takes for WebP: a frame of more than a minute is as good as a still. */
const MAX_TIMING = 65_535;

const profileFate = ({ icc, space }: UsedHeader): ImageFacts['profile'] => {
  if (space === 'cmyk') return 'converted';
  if (icc === undefined) return 'none';
  const profile = readIccProfile(icc);
  const fits = profile?.space === (space === 'b-w' || space === 'grey16' ? 'GRAY' : 'RGB');
  return profile === null || profile.isSrgb || !fits ? 'dropped' : 'kept';
};

/** APNG has `acTL` before its first `IDAT` (PNG 3rd edition 11.3.6.1); animated AVIF has the brand `avis`. */
const hasHiddenFrames = (format: ImageFormat, source: Buffer): boolean => {
  if (format === 'avif') return source.toString('latin1', 8, 12) === 'avis';
  if (format !== 'png') return false;
  for (let at = 8; at + 12 <= source.length; at += 12 + source.readUInt32BE(at)) {
    const type = source.toString('latin1', at + 4, at + 8);
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
};

const checkLimits = ({ format, width, height, frames, pixels }: ImageFacts): void => {
  const limit = format === 'avif' ? LIMITS.avifPixels : LIMITS.pixels;
  const size = `${width} × ${height}${frames > 1 ? ` × ${frames} frames` : ''}`;
  const refuse = (limitText: string): never => {
    throw new AppError('too_many_pixels', { detail: `The image is ${size}; the limit is ${limitText}.` });
  };
  if (width > LIMITS.side || height > LIMITS.side) refuse(`${LIMITS.side} pixels a side`);
  if (frames > LIMITS.frames) refuse(`${LIMITS.frames} frames`);
  if (pixels > limit) refuse(`${limit / 1_000_000} megapixels${format === 'avif' ? ' for AVIF' : ''}`);
};
