import { AppError } from '../core/errors.ts';
import type { CompressOptions, FormatChoice, ImageFormat } from '../core/options.ts';
import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { compressToGif, gifSettingsAt } from './compress-gif.ts';
import { compressByQuality, compressToJpeg } from './compress-lossy.ts';
import { compressToPng, pngSettingsAt } from './compress-png.ts';
import type { CompressedImage } from './compressed-image.ts';
import type { ImageFacts } from './inspect-image.ts';
import { keepOriginal } from './keep-original.ts';
import { LIMITS } from './limits.ts';
import { LOSSY_ENCODERS } from './lossy-encoders.ts';
import { type EncoderSettings, recode, verifyDecodes } from './sharp.ts';

/** A gain below this is not worth the loss: the original stays. */
const MIN_GAIN = 0.05;

/**
 * Makes a picture fit the target (or the quality) asked for, by the rules of design 3. Two promises stand above every
 * wish: the result is never larger than the source, and an animation stays one. Where a format or size that was asked
 * for would break them, the original is kept and the receipt says so.
 *
 * @throws AppError `corrupt_image`, `truncated_image`, `too_many_pixels`, `decode_timed_out`, `image_failed`
 */
export const compressImage = async (
  source: Buffer,
  facts: ImageFacts,
  options: CompressOptions,
): Promise<CompressedImage> => {
  try {
    return await compressAs(source, facts, options);
  } catch (error) {
    // Some profiles can be read but not written (libpng is stricter than those who made them); the picture can.
    const cannotCarry = facts.profile === 'kept' && error instanceof AppError && error.code === 'image_failed';
    if (!cannotCarry) throw error;
    return compressAs(source, { ...facts, profile: 'dropped' }, options);
  }
};

const compressAs = async (source: Buffer, facts: ImageFacts, options: CompressOptions): Promise<CompressedImage> => {
  const budget = Math.floor(source.length * options.target);
  const results: CompressedImage[] = [];
  const { width, height } = sizeFor(facts, options);
  for (const format of formatsFor(options.format, facts, width * height)) {
    const flatten = format === 'jpeg' && facts.hasAlpha;
    const job: Job = { source, facts, treatment: { width, height, flatten, deep: false }, budget };
    results.push(await compressTo(format, job, options.quality));
  }
  return results.reduce(betterOf);
};

const compressTo = async (format: ImageFormat, job: Job, quality: number | null): Promise<CompressedImage> => {
  const { source, facts, treatment, budget } = job;
  const isAsked = format === facts.format && treatment.width === facts.width && treatment.height === facts.height;
  const original = await keepOriginal(source, facts);
  const kept = asKept(facts, original);
  if (!canWrite(format, job)) {
    await verifyDecodes(source, facts);
    return kept;
  }
  // Metadata alone can be most of a file; without it the budget may be met at no loss at all.
  if (quality === null && isAsked && original.length <= budget) {
    await verifyDecodes(source, facts);
    return { ...kept, outcome: 'met' };
  }
  const attempt = quality === null ? await ENCODE[format](job) : await encodeOnce(format, job, quality);
  const limit = isAsked ? Math.min(source.length * (1 - MIN_GAIN), original.length) : source.length;
  if (attempt.bytes.length >= limit) return { ...kept, encodes: attempt.encodes };
  return { ...attempt, format, width: treatment.width, height: treatment.height, score: null, engine: 'sharp' };
};

/** Whether the picture can be encoded within the limits of time and memory, and without losing frames. */
const canWrite = (format: ImageFormat, job: Job): boolean => {
  const pixels = outputPixels(job);
  if (format === 'avif' && pixels > LIMITS.avifWritePixels) return false;
  if (format === 'gif' && pixels > LIMITS.gifWritePixels) return false;
  if (format === 'webp' && job.facts.frames > 1 && pixels > LIMITS.animatedWebpPixels) return false;
  return !job.facts.hasHiddenFrames;
};

const asKept = (facts: ImageFacts, bytes: Buffer): CompressedImage => ({
  bytes,
  format: facts.format,
  width: facts.width,
  height: facts.height,
  quality: null,
  score: null,
  encodes: 0,
  engine: 'none',
  outcome: 'kept_original',
});

const ENCODE: Readonly<Record<ImageFormat, (job: Job) => Promise<Attempt>>> = {
  jpeg: compressToJpeg,
  png: compressToPng,
  webp: (job) => compressByQuality(job, 'webp'),
  avif: (job) => compressByQuality(job, 'avif'),
  gif: compressToGif,
};

const encodeOnce = async (format: ImageFormat, job: Job, quality: number): Promise<Attempt> => {
  const settings = settingsAt(format, job, quality);
  const bytes = await recode(job.source, job.facts, job.treatment, settings);
  // Lossless PNG and GIF have no such scale.
  return { bytes, quality: 'quality' in settings.options ? quality : null, encodes: 1, outcome: 'met' };
};

const settingsAt = (format: ImageFormat, job: Job, quality: number): EncoderSettings => {
  const pixels = outputPixels(job);
  if (format === 'png') return pngSettingsAt(quality, pixels);
  if (format === 'gif') return gifSettingsAt(quality, job.facts);
  return LOSSY_ENCODERS[format](job.facts, pixels).settings(quality);
};

/**
 * The formats to try. `auto` tries the source's own and WebP. An animation goes only where animations can be written;
 * one whose frames cannot be read goes nowhere.
 */
const formatsFor = (
  choice: FormatChoice,
  { format, frames, hasHiddenFrames }: ImageFacts,
  size: number,
): ImageFormat[] => {
  if (hasHiddenFrames || choice === 'same') return [format];
  if (choice === 'avif' && size > LIMITS.avifWritePixels) return [format];
  if (choice === 'auto') return format === 'webp' ? ['webp'] : [format, 'webp'];
  return frames > 1 && choice !== 'webp' ? [format] : [choice];
};

const OUTCOME_RANK = ['visually_lossless', 'met', 'floor', 'kept_original'] as const;
/** At equal bytes and outcome the stronger encoder has kept more of the picture. */
const STRENGTH: Readonly<Record<ImageFormat, number>> = { avif: 3, webp: 2, jpeg: 1, png: 1, gif: 0 };

/** Without a perceptual score: the better outcome; then lossless; then, among equals, fewer bytes or the stronger encoder. */
const betterOf = (a: CompressedImage, b: CompressedImage): CompressedImage => {
  const rank = OUTCOME_RANK.indexOf(a.outcome) - OUTCOME_RANK.indexOf(b.outcome);
  if (rank !== 0) return rank < 0 ? a : b;
  if ((a.quality === null) !== (b.quality === null)) return a.quality === null ? a : b;
  if (a.outcome === 'met' && a.quality !== null) return STRENGTH[a.format] > STRENGTH[b.format] ? a : b;
  return a.bytes.length <= b.bytes.length ? a : b;
};

const sizeFor = (facts: ImageFacts, { maxWidth, maxHeight }: CompressOptions) => {
  const scale = Math.min(1, (maxWidth ?? facts.width) / facts.width, (maxHeight ?? facts.height) / facts.height);
  return {
    width: Math.max(1, Math.round(facts.width * scale)),
    height: Math.max(1, Math.round(facts.height * scale)),
  };
};
