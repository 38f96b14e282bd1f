import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { countColours } from './compare-pixels.ts';
import { search } from './compress-lossy.ts';
import { holdFloor, unlessPointless } from './hold-floor.ts';
import { LOSSY_ENCODERS, webpTiming } from './lossy-encoders.ts';
import { scorerOf } from './score-file.ts';
import { decode, frameOf, type Pixels } from './sharp.ts';

/**
 * WebP, searched for the quality that fits; a picture of few colours is first tried without loss. Null when a tiny
 * picture cannot do without loss.
 */
export const compressToWebp = async (job: Job): Promise<Attempt | null> => {
  const pixels = await decode(job.source, job.facts, job.treatment);
  const lossless = (await mayBeLossless(job, pixels)) ? await encodeLossless(job, pixels) : null;
  if (lossless === null) return job.isTiny ? null : unlessPointless(job, 'webp', await giveUpDetail(job, pixels));
  const isMet = lossless.length <= job.budget;
  const exact: Attempt = { bytes: lossless, quality: null, encodes: 1, outcome: isMet ? 'met' : 'floor' };
  if (isMet || job.isTiny) return exact;
  const attempt = await giveUpDetail(job, pixels);
  const encodes = attempt.encodes + 1;
  const isBetter = attempt.outcome !== 'kept_original' && attempt.bytes.length < lossless.length;
  return isBetter ? { ...attempt, encodes } : { ...exact, encodes };
};

const giveUpDetail = async (job: Job, pixels: Pixels): Promise<Attempt> => {
  const encoder = LOSSY_ENCODERS.webp(job.facts, outputPixels(job));
  const encode = (quality: number): Promise<Buffer> => pixels.encode(encoder.settings(quality));
  const found = await search(pixels, encoder, job.budget, null);
  const { frames } = job.facts;
  const size = job.treatment.width * job.treatment.height;
  const score = scorerOf({ pixels: size, frames, frame: (index) => frameOf(pixels, index, frames) });
  return holdFloor({ found, encoder, encode, score });
};

/** Colours up to which lossless WebP is as small as lossy, and quick: 0.05 s a megapixel, photographs take 1–2.5 s. */
const FEW_COLOURS = 256;

const mayBeLossless = async ({ source, facts, isTiny }: Job, pixels: Pixels): Promise<boolean> => {
  // What was lossy once is not worth keeping to the last bit.
  if (facts.format === 'jpeg' || facts.format === 'avif' || (facts.format === 'webp' && !isLosslessWebp(source))) {
    return false;
  }
  if (facts.frames > 1) return false;
  if (isTiny) return true;
  return countColours(await frameOf(pixels, 0, 1), FEW_COLOURS) <= FEW_COLOURS;
};

const encodeLossless = ({ facts }: Job, pixels: Pixels): Promise<Buffer> =>
  pixels.encode({ format: 'webp', options: { lossless: true, effort: 4, ...webpTiming(facts) } });

/** The first picture is in the lossless format (RFC 9649 section 2.6). */
export const isLosslessWebp = (source: Buffer): boolean => {
  for (let at = 12; at + 8 <= source.length; ) {
    const type = source.toString('latin1', at, at + 4);
    if (type === 'VP8L') return true;
    if (type === 'VP8 ') return false;
    const size = source.readUInt32LE(at + 4);
    // A frame of an animation holds chunks of its own behind 16 bytes (2.7.1.1).
    at += type === 'ANMF' ? 24 : 8 + size + (size % 2);
  }
  return false;
};
