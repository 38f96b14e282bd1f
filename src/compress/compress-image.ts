import { AppError } from '../core/errors.ts';
import type { CompressOptions, FormatChoice, ImageFormat } from '../core/options.ts';
import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { compressToAvif } from './compress-avif.ts';
import { compressToGif, encodeGifAt } from './compress-gif.ts';
import { compressJpeg, jpegAt } from './compress-jpeg.ts';
import { compressToPng, pngSettingsAt } from './compress-png.ts';
import { compressToWebp } from './compress-webp.ts';
import type { CompressedImage } from './compressed-image.ts';
import type { ImageFacts } from './inspect-image.ts';
import { Memory } from './jpeg/memory.ts';
import { keepOriginal } from './keep-original.ts';
import { LIMITS } from './limits.ts';
import { LOSSY_ENCODERS } from './lossy-encoders.ts';
import { bestOf } from './race-formats.ts';
import { type EncoderSettings, recode, verifyDecodes } from './sharp.ts';

/** A gain below this is not worth the loss: the original stays. */
const MIN_GAIN = 0.05;

/**
 * Makes a picture fit the target (or the quality) asked for, by the rules of design 3. Two promises stand above every
 * wish: the result is never larger than the source, and an animation stays one. Where a format or size that was asked
 * for would break them, the original is kept and the receipt says so.
 *
 * @param memory used again for picture after picture; fresh by default
 * @throws AppError `corrupt_image`, `truncated_image`, `too_many_pixels`, `decode_timed_out`, `image_failed`
 */
export const compressImage = async (
  source: Buffer,
  facts: ImageFacts,
  options: CompressOptions,
  memory: Memory = new Memory(),
): Promise<CompressedImage> => {
  try {
    return await compressAs(source, facts, options, memory);
  } catch (error) {
    // Some profiles can be read but not written (libpng is stricter than those who made them); the picture can.
    const cannotCarry = facts.profile === 'kept' && error instanceof AppError && error.code === 'image_failed';
    if (!cannotCarry) throw error;
    return compressAs(source, { ...facts, profile: 'dropped' }, options, memory);
  }
};

const compressAs = async (
  source: Buffer,
  facts: ImageFacts,
  options: CompressOptions,
  memory: Memory,
): Promise<CompressedImage> => {
  const budget = Math.floor(source.length * options.target);
  const { width, height } = sizeFor(facts, options);
  const isResized = width !== facts.width || height !== facts.height;
  const isTiny = !isResized && (source.length < TINY_BYTES || facts.pixels < TINY_PIXELS);
  const { formats, note } = formatsFor(options.format, facts, width * height, isTiny);
  const results: CompressedImage[] = [];
  for (const format of formats) {
    const flatten = format === 'jpeg' && facts.hasAlpha;
    const job: Job = {
      source,
      facts,
      treatment: { width, height, flatten, deep: false },
      budget,
      isTiny: isTiny && format === facts.format,
      memory,
    };
    results.push(await compressTo(format, job, options.quality));
  }
  const treatment = { width, height, flatten: false, deep: false };
  const best = await bestOf({ source, facts, treatment, budget, results });
  return note === null ? best : { ...best, note: sentences(note, best.note) };
};

/** Below either nothing is given up: the features of such a picture are single pixels. */
const TINY_BYTES = 2_048;
const TINY_PIXELS = 64 * 64;

const compressTo = async (format: ImageFormat, job: Job, quality: number | null): Promise<CompressedImage> => {
  const { source, facts, treatment, budget } = job;
  const isAsked = format === facts.format && treatment.width === facts.width && treatment.height === facts.height;
  const original = await keepOriginal(source, facts);
  const keep = async (why: string | null, attempt: Attempt | null): Promise<CompressedImage> => {
    // A file that is cut off cannot be handed on as it is.
    if (facts.cutOff !== null) throw new AppError('truncated_image', { detail: facts.cutOff });
    if (attempt === null) await verifyDecodes(source, facts);
    return { ...asKept(facts, original), encodes: attempt?.encodes ?? 0, note: sentences(why, dropped(facts)) };
  };
  const why = whyNot(format, job);
  if (why !== null) return keep(why, null);
  // Metadata alone can be most of a file; without it the budget may be met at no loss at all.
  if (quality === null && isAsked && original.length <= budget && facts.cutOff === null) {
    return { ...(await keep(null, null)), outcome: 'met' };
  }
  const attempt = await (quality === null ? ENCODE[format](job) : encodeOnce(format, job, quality));
  if (attempt === null) return keep(null, null);
  const limit = isAsked ? Math.min(source.length * (1 - MIN_GAIN), original.length) : source.length;
  if (attempt.outcome === 'kept_original' || attempt.bytes.length >= limit) {
    return keep(isAsked ? null : `As ${format} it would look worse or be larger.`, attempt);
  }
  const { bytes, quality: reached, encodes, outcome, score = null, engine = 'sharp' } = attempt;
  const cutOff = facts.cutOff === null ? null : `${facts.cutOff} What was missing is blank.`;
  const lostBits = facts.isDeep && attempt.isDeep !== true ? 'It had more than 8 bits a channel and has 8 now.' : null;
  const note = sentences(cutOff, lostBits, dropped(facts));
  const { width, height } = treatment;
  return { bytes, format, width, height, quality: reached, score, encodes, engine, outcome, note };
};

/** Why the picture cannot be encoded within the limits of time and memory, without losing frames; or null. */
const whyNot = (format: ImageFormat, job: Job): string | null => {
  const { frames, hasHiddenFrames } = job.facts;
  const pixels = outputPixels(job);
  if (hasHiddenFrames) return 'Kept as it was: the frames of animated PNG and AVIF cannot be compressed.';
  const limit = frames > 1 ? ANIMATED_LIMITS[format] : STILL_LIMITS[format];
  if (limit === undefined || pixels <= limit) return null;
  const kind = frames > 1 ? 'an animation' : 'a picture';
  const size = (pixels / 1_000_000).toFixed(1);
  return `Kept as it was: ${kind} of ${size} megapixels is too large to be written as ${format}; the limit is ${limit / 1_000_000}.`;
};

const STILL_LIMITS: Readonly<Partial<Record<ImageFormat, number>>> = {
  avif: LIMITS.avifWritePixels,
  gif: LIMITS.gifStillPixels,
};
const ANIMATED_LIMITS: Readonly<Partial<Record<ImageFormat, number>>> = {
  gif: LIMITS.gifWritePixels,
  webp: LIMITS.animatedWebpPixels,
};

const sentences = (...parts: readonly (string | null)[]): string | null =>
  parts.filter((part) => part !== null).join(' ') || null;

/** What no output has. */
const dropped = ({ hasGainMap }: ImageFacts): string | null => (hasGainMap ? 'Its HDR gain map was dropped.' : null);

const asKept = (facts: ImageFacts, bytes: Buffer) =>
  ({
    bytes,
    format: facts.format,
    width: facts.width,
    height: facts.height,
    quality: null,
    score: null,
    engine: 'none',
    outcome: 'kept_original',
  }) as const;

/** Null: better kept as it is. */
const ENCODE: Readonly<Record<ImageFormat, (job: Job) => Promise<Attempt | null>>> = {
  jpeg: (job) => (job.isTiny ? NOTHING : compressJpeg(job)),
  png: compressToPng,
  webp: compressToWebp,
  avif: (job) => (job.isTiny ? NOTHING : compressToAvif(job)),
  gif: compressToGif,
};
const NOTHING = Promise.resolve(null);

const encodeOnce = async (format: ImageFormat, job: Job, quality: number): Promise<Attempt | null> => {
  if (format === 'gif') return encodeGifAt(job, quality);
  const onCoefficients = format === 'jpeg' ? jpegAt(job, quality) : null;
  if (onCoefficients !== null) return onCoefficients;
  const settings = settingsAt(format, job, quality);
  const bytes = await recode(job.source, job.facts, job.treatment, settings);
  // Lossless PNG has no such scale.
  return { bytes, quality: 'quality' in settings.options ? quality : null, encodes: 1, outcome: 'met' };
};

const settingsAt = (format: Exclude<ImageFormat, 'gif'>, job: Job, quality: number): EncoderSettings => {
  const pixels = outputPixels(job);
  return format === 'png'
    ? pngSettingsAt(quality, pixels)
    : LOSSY_ENCODERS[format](job.facts, pixels).settings(quality);
};

/**
 * The formats to try, with what is to be said where the one asked for is not among them. `auto` tries the source's own
 * and WebP. An animation goes only where animations can be written; one whose frames cannot be read goes nowhere.
 */
const formatsFor = (
  choice: FormatChoice,
  { format, frames, hasHiddenFrames }: ImageFacts,
  size: number,
  isTiny: boolean,
): { readonly formats: readonly ImageFormat[]; readonly note: string | null } => {
  if (hasHiddenFrames || choice === 'same' || choice === format) return { formats: [format], note: null };
  if (choice === 'auto') return { formats: isTiny || format === 'webp' ? [format] : [format, 'webp'], note: null };
  if (choice === 'avif' && size > LIMITS.avifWritePixels) {
    const limit = LIMITS.avifWritePixels / 1_000_000;
    return { formats: [format], note: `It stays ${format}: AVIF is written up to ${limit} megapixels.` };
  }
  if (frames > 1 && choice !== 'webp') {
    return { formats: [format], note: `It stays ${format}: as ${choice} the animation would be lost.` };
  }
  return { formats: [choice], note: null };
};

const sizeFor = (facts: ImageFacts, { maxWidth, maxHeight }: CompressOptions) => {
  const scale = Math.min(1, (maxWidth ?? facts.width) / facts.width, (maxHeight ?? facts.height) / facts.height);
  return {
    width: Math.max(1, Math.round(facts.width * scale)),
    height: Math.max(1, Math.round(facts.height * scale)),
  };
};
