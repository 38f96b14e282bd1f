/** The only file that knows sharp: opens files within the limits, gives pixels, runs encoders, translates its errors. */
import sharp, {
  type AvifOptions,
  type GifOptions,
  type JpegOptions,
  type Metadata,
  type PngOptions,
  type Sharp,
  type WebpOptions,
} from 'sharp';
import { toAppError } from '../core/errors.ts';
import type { ImageFormat } from '../core/options.ts';
import type { ImageFacts } from './inspect-image.ts';
import { LIMITS } from './limits.ts';
import { translateSharpError } from './sharp-errors.ts';

// Files come from strangers: every loader is shut, then the five that are wanted are opened again, for memory only.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
});
// No image is opened twice, so a cache would only hold memory; the presses are the parallelism, one a core.
sharp.cache(false);
sharp.concurrency(1);

/** An encoder and its options, in sharp's words. */
export type EncoderSettings =
  | { readonly format: 'jpeg'; readonly options: JpegOptions }
  | { readonly format: 'png'; readonly options: PngOptions }
  | { readonly format: 'webp'; readonly options: WebpOptions }
  | { readonly format: 'avif'; readonly options: AvifOptions }
  | { readonly format: 'gif'; readonly options: GifOptions };

export type Header = Metadata;

/** What is done to the pixels between decoding and encoding. */
export interface Treatment {
  /** Pixels of one frame afterwards; {@link ImageFacts}' own size means no resizing. */
  readonly width: number;
  readonly height: number;
  /** Put the picture on white, for formats without transparency. */
  readonly flatten: boolean;
  /** Keep 16 bits a channel (PNG only). */
  readonly deep: boolean;
}

/** Interleaved 8-bit pixels; the frames of an animation stand below each other. */
export interface RawPixels {
  readonly data: Buffer;
  readonly width: number;
  /** All frames together. */
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** A picture that can be encoded any number of times. */
export interface Pixels {
  /** The pixels themselves, unless they are too many to be held or need their colour profile beside them. */
  readonly raw: RawPixels | null;
  encode(settings: EncoderSettings): Promise<Buffer>;
}

/** Red, green, blue and alpha of every pixel, whatever the picture had. */
export interface Rgba {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

type FailOn = 'none' | 'warning' | 'error';

/** What says how a file is to be read. */
type Reading = Pick<ImageFacts, 'format' | 'cutOff'>;

/**
 * Reads a file's header; no pixel is decoded.
 * @throws AppError `corrupt_image`, `truncated_image`, `unsupported_format`, `too_many_pixels`
 */
export const readHeader = (source: Buffer, reading: Reading): Promise<Header> =>
  strictThenLenient(source, reading, (failOn) => sharp(source, { failOn, limitInputPixels: false }).metadata());

/**
 * Decodes a picture: upright, resized, in the colour space it is to be encoded in. Above `heldPixels` nothing is
 * decoded yet, but at each encode.
 * @throws AppError as {@link readHeader}, and `decode_timed_out`
 */
export const decode = async (
  source: Buffer,
  facts: ImageFacts,
  treatment: Treatment,
  heldPixels: number = LIMITS.heldPixels,
): Promise<Pixels> => {
  const open = (failOn: FailOn) => openFile(source, facts, treatment, failOn);
  const isKept = facts.profile === 'kept';
  if (treatment.deep || facts.pixels > (isKept ? LIMITS.heldPixels : heldPixels) || (isKept && facts.frames > 1)) {
    const encode = (settings: EncoderSettings) =>
      strictThenLenient(source, facts, (failOn) => apply(open(failOn), settings).toBuffer());
    return { raw: null, encode };
  }
  if (isKept) {
    // Raw pixels cannot carry a profile; an uncompressed PNG can.
    const carrier = await strictThenLenient(source, facts, (failOn) =>
      open(failOn).png({ compressionLevel: 0 }).toBuffer(),
    );
    const reopen = () =>
      inSpace(sharp(carrier, { limitInputPixels: LIMITS.pixels }), facts, treatment).keepIccProfile();
    return { raw: null, encode: (settings) => ours(() => apply(reopen(), settings).toBuffer()) };
  }
  // As raw pixels sharp gives gray ones alone, without their alpha.
  const asColours = { ...facts, isGray: facts.isGray && !facts.hasAlpha };
  const { data, info } = await strictThenLenient(source, facts, (failOn) =>
    openFile(source, asColours, treatment, failOn).raw().toBuffer({ resolveWithObject: true }),
  );
  return fromRaw({ data, width: info.width, height: info.height, channels: channelCount(info.channels) }, facts);
};

/**
 * Reads a file to its end to see that it is whole, in little memory.
 * @throws AppError as {@link decode}
 */
export const verifyDecodes = async (source: Buffer, facts: ImageFacts): Promise<void> => {
  const shrink = Math.max(1, facts.width / 64, facts.height / 64);
  const [width, height] = [Math.ceil(facts.width / shrink), Math.ceil(facts.height / shrink)];
  await strictThenLenient(source, facts, (failOn) =>
    openFile(source, facts, { width, height, flatten: false, deep: false }, failOn).raw().toBuffer(),
  );
};

/** Pixels that are at hand already, such as a sample of others; of the same facts as the picture they are from. */
export const fromRaw = (raw: RawPixels, facts: ImageFacts): Pixels => {
  const pageHeight = raw.height / facts.frames;
  const input = {
    width: raw.width,
    height: raw.height,
    channels: raw.channels,
    ...(facts.frames > 1 && { pageHeight }),
  };
  const open = () => {
    const image = sharp(raw.data, { raw: input, limitInputPixels: LIMITS.pixels });
    return facts.isGray ? image.toColourspace('b-w') : image;
  };
  return { raw, encode: (settings) => ours(() => apply(open(), settings).toBuffer()) };
};

/** Decodes and encodes in one stream of lines; faster and smaller than {@link decode} when one encode is all. */
export const recode = (source: Buffer, facts: ImageFacts, treatment: Treatment, settings: EncoderSettings) =>
  strictThenLenient(source, facts, (failOn) => apply(openFile(source, facts, treatment, failOn), settings).toBuffer());

/** The pixels of one frame of a file just written; for comparing an output with its source. */
export const readRgba = (file: Buffer, page = 0): Promise<Rgba> =>
  toRgba(sharp(file, { limitInputPixels: LIMITS.pixels, ignoreIcc: true, page }));

/** Lossless and little work; only the second can hold frames. */
const QUICK: EncoderSettings = { format: 'png', options: { compressionLevel: 0 } };
const QUICK_FRAMES: EncoderSettings = { format: 'webp', options: { lossless: true, effort: 0 } };

/** The same of pixels not yet written, which have `frames` in all. */
export const frameOf = async (pixels: Pixels, page: number, frames: number): Promise<Rgba> => {
  if (pixels.raw === null) {
    return readRgba(await pixels.encode(frames > 1 ? QUICK_FRAMES : QUICK), page);
  }
  const { width, channels } = pixels.raw;
  const height = pixels.raw.height / frames;
  const data = pixels.raw.data.subarray(page * height * width * channels, (page + 1) * height * width * channels);
  return channels === 4 ? { data, width, height } : toRgba(sharp(data, { raw: { width, height, channels } }));
};

const toRgba = async (image: Sharp): Promise<Rgba> => {
  const { data, info } = await image.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};

const openFile = (source: Buffer, facts: ImageFacts, treatment: Treatment, failOn: FailOn): Sharp => {
  const resized = treatment.width !== facts.width || treatment.height !== facts.height;
  let image = sharp(source, {
    failOn,
    limitInputPixels: LIMITS.pixels,
    animated: facts.frames > 1,
    autoOrient: facts.orientation !== 1,
    ignoreIcc: facts.profile === 'dropped',
  }).timeout({ seconds: LIMITS.seconds });
  if (resized) image = image.resize({ width: treatment.width, height: treatment.height, fit: 'fill' });
  if (treatment.flatten) image = image.flatten({ background: '#ffffff' });
  // Keeping the profile also means that sharp leaves the pixels as they are instead of converting them to sRGB.
  if (facts.profile === 'kept') image = image.keepIccProfile();
  return inSpace(image, facts, treatment);
};

/** sharp makes everything 8-bit sRGB unless told otherwise. */
const inSpace = (image: Sharp, { isGray }: ImageFacts, { deep }: Treatment): Sharp => {
  if (isGray) return image.toColourspace(deep ? 'grey16' : 'b-w');
  return deep ? image.toColourspace('rgb16') : image;
};

const apply = (image: Sharp, settings: EncoderSettings): Sharp => {
  switch (settings.format) {
    case 'jpeg':
      return image.jpeg(settings.options);
    case 'png':
      return image.png(settings.options);
    case 'webp':
      return image.webp(settings.options);
    case 'avif':
      return image.avif(settings.options);
    case 'gif':
      return image.gif(settings.options);
  }
};

/**
 * Decoders warn of harmless faults that browsers pass over (bytes between segments, odd EXIF), and of real damage, in
 * the same way. So a warning gets one second look in which only errors count. Of a file whose end is known to be missing
 * everything is taken that can be had.
 */
const strictThenLenient = async <T>(
  source: Buffer,
  { format, cutOff }: Reading,
  run: (failOn: FailOn) => Promise<T>,
): Promise<T> => {
  if (cutOff !== null) return translated(source, format, () => run('none'));
  try {
    return await run('warning');
  } catch (thrown) {
    const error = translateSharpError(thrown, source, format);
    if (error.code !== 'corrupt_image' && error.code !== 'truncated_image') throw error;
    return translated(source, format, () => run('error'));
  }
};

const translated = async <T>(source: Buffer, format: ImageFormat, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (thrown) {
    throw translateSharpError(thrown, source, format);
  }
};

/** Pixels that decoded well and fail to encode are no fault of the file. */
const ours = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (thrown) {
    throw toAppError(thrown, 'image_failed');
  }
};

const channelCount = (channels: number): RawPixels['channels'] => {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return channels;
  throw new RangeError(`expected 1 to 4 channels, got ${channels}`);
};
