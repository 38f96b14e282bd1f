import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { type OpenGif, openGif, recodeGif } from './gif/recode-gif.ts';
import { type GifSample, sampleGif } from './gif/sample-gif.ts';
import { holdFloor } from './hold-floor.ts';
import { LIMITS } from './limits.ts';
import { scorerOf } from './score-file.ts';
import { searchQuality } from './search-quality.ts';
import { readRgba, recode } from './sharp.ts';

/** How far a pixel may be from its source, 0–255: beyond, streaks show beside it. */
const MAX_TOLERANCE = 24;
/** Steps of half a level each, so that the size comes close to the budget. */
const STEPS = 2 * MAX_TOLERANCE;
const STEP_SCALE = { floor: 0, ceiling: STEPS - 1, axis: (step: number) => step, start: STEPS - 16, slope: 0.03 };
/** A tolerance of 6: none of 19 GIFs scored under 75 with it, so nobody need look. */
const TRUSTED_STEP = STEPS - 12;
/** What is given up must save at least this share of the bytes. */
const WORTH = 0.05;
const ENGINE = { quality: null, engine: 'halve-gif' } as const;

/**
 * GIF stays GIF: the same frames, colours and times, packed better; then with pixels that may differ from the source by
 * more and more until the file fits. Null where that would take too long.
 */
export const compressToGif = async (job: Job): Promise<Attempt | null> => {
  const start = await open(job);
  if (start === null) return null;
  const { gif, before, bytes } = start;
  const isMet = (file: Buffer) => (file.length <= job.budget ? 'met' : 'floor');
  if (gif === null) return { bytes, quality: null, encodes: before, outcome: isMet(bytes) };
  const sample = sampleGif(gif);
  const packed = sample === null ? await recodeGif(gif, 0) : await packIfPromising(gif, sample, job.budget);
  const withoutLoss = async (encodes: number): Promise<Attempt> => {
    const file = packed ?? (await recodeGif(gif, 0));
    return { ...ENGINE, bytes: file, encodes: encodes + (packed === null ? 1 : 0), outcome: isMet(file) };
  };
  const spent = before + (packed === null ? 0 : 1);
  if (job.isTiny || (packed !== null && packed.length <= job.budget)) return withoutLoss(spent);
  const attempt = await giveUpPixels(job, start.bytes, gif, sample);
  const encodes = spent + attempt.encodes;
  const isWorth = attempt.outcome !== 'kept_original' && attempt.bytes.length <= (packed ?? bytes).length * (1 - WORTH);
  return isWorth ? { ...attempt, ...ENGINE, encodes, outcome: isMet(attempt.bytes) } : withoutLoss(encodes);
};

/** A sample tells the size of the whole about this well. */
const ESTIMATE_ERROR = 1.15;

const packIfPromising = async (gif: OpenGif, { part, share }: GifSample, budget: number): Promise<Buffer | null> => {
  const { length } = await recodeGif(part, 0);
  return length / share <= budget * ESTIMATE_ERROR ? recodeGif(gif, 0) : null;
};

/** The smallest tolerance with which the file fits, unless it looks too bad. A sample of a large GIF is searched first. */
const giveUpPixels = async (
  { budget }: Job,
  original: Buffer,
  gif: OpenGif,
  sample: GifSample | null,
): Promise<Attempt> => {
  const encoderOf = (open: OpenGif) => (step: number) => recodeGif(open, (STEPS - step) / 2);
  const encode = encoderOf(gif);
  const foretold =
    sample === null
      ? null
      : await searchQuality({ ...STEP_SCALE, encode: encoderOf(sample.part), budget: budget * sample.share });
  const plan = foretold === null ? {} : { start: foretold.best.quality, maxEncodes: 3 };
  const found = await searchQuality({ ...STEP_SCALE, ...plan, encode, budget });
  const score = scorerOf({
    pixels: gif.gif.width * gif.gif.height,
    frames: gif.frames.length,
    frame: (index) => readRgba(original, index),
  });
  const encoder = { trusted: TRUSTED_STEP, ceiling: STEP_SCALE.ceiling, qualityAPoint: 1 };
  return holdFloor({ found, encoder, encode, score });
};

interface Start {
  /** Null when not even what sharp wrote can be taken apart. */
  readonly gif: OpenGif | null;
  readonly bytes: Buffer;
  /** Encodes this took. */
  readonly before: number;
}

/** The source taken apart; or, where it is odd or has to shrink, what sharp makes of it with the same colours. */
const open = async (job: Job): Promise<Start | null> => {
  const { source, facts, treatment } = job;
  const isResized = treatment.width !== facts.width || treatment.height !== facts.height;
  const direct = isResized || facts.format !== 'gif' ? null : openGif(source, facts);
  if (direct !== null) return { gif: direct, bytes: source, before: 0 };
  if (outputPixels(job) > LIMITS.gifRedrawPixels) return null;
  const { frames, loop, delays } = facts;
  const timing = frames > 1 ? { loop, delay: [...delays] } : {};
  // Frames that repeat must stay frames: the count of an animation is part of what it is.
  const options = { reuse: true, keepDuplicateFrames: true, ...timing };
  const bytes = await recode(source, facts, treatment, { format: 'gif', options });
  return { gif: openGif(bytes, { ...treatment, frames }), bytes, before: 1 };
};

/** `quality` has no meaning for GIF: 100 changes no pixel, 0 as much as is ever allowed. */
export const encodeGifAt = async (job: Job, quality: number): Promise<Attempt | null> => {
  const start = await open(job);
  if (start === null) return null;
  const tolerance = (MAX_TOLERANCE * (100 - quality)) / 100;
  const { gif, bytes, before } = start;
  if (gif === null) return { bytes, quality: null, encodes: before, outcome: 'met' };
  return { ...ENGINE, bytes: await recodeGif(gif, tolerance), encodes: before + 1, outcome: 'met' };
};
