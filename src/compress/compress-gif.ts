import { type Attempt, type Job, outputPixels } from './attempt.ts';
import type { ImageFacts } from './inspect-image.ts';
import { decode, type EncoderSettings, recode } from './sharp.ts';

/** From "the same pixels" to "few colours, frames that only roughly follow each other". */
interface GifStep {
  readonly interFrameMaxError: number;
  readonly colours: number;
}

const ANIMATED: readonly GifStep[] = [
  { interFrameMaxError: 4, colours: 256 },
  { interFrameMaxError: 8, colours: 256 },
  { interFrameMaxError: 16, colours: 256 },
  { interFrameMaxError: 16, colours: 128 },
  { interFrameMaxError: 16, colours: 64 },
];
const STILL: readonly GifStep[] = [
  { interFrameMaxError: 0, colours: 128 },
  { interFrameMaxError: 0, colours: 64 },
];
/** A megapixel takes 0.2–0.8 s a step; this many may pass the encoder in all. */
const PATIENT_PIXELS = 16_000_000;

/** GIF: the source's own palette first, then the steps until one fits; the last step is the floor. */
export const compressToGif = async (job: Job): Promise<Attempt> => {
  const { source, facts, treatment, budget } = job;
  const steps = stepsFor(facts.frames, outputPixels(job));
  const base = baseOptions(facts);
  let encodes = 0;
  if (steps.length > 1 && facts.format === 'gif') {
    const bytes = await recode(source, facts, treatment, { format: 'gif', options: { ...base, reuse: true } });
    encodes += 1;
    if (bytes.length <= budget) return { bytes, quality: null, encodes, outcome: 'met' };
  }
  const decoded = await decode(source, facts, treatment);
  let smallest: Buffer | null = null;
  for (const step of steps) {
    const bytes = await decoded.encode(gifSettings(base, step));
    encodes += 1;
    if (bytes.length <= budget) return { bytes, quality: null, encodes, outcome: 'met' };
    if (smallest === null || bytes.length < smallest.length) smallest = bytes;
  }
  if (smallest === null) throw new RangeError('expected at least one step');
  return { bytes: smallest, quality: null, encodes, outcome: 'floor' };
};

/** As many steps as there is time for, the ones that gain most. */
const stepsFor = (frames: number, pixels: number): readonly GifStep[] => {
  const steps = frames > 1 ? ANIMATED : STILL;
  return steps.slice(-Math.max(1, Math.floor(PATIENT_PIXELS / pixels) - 1));
};

const baseOptions = ({ frames, loop, delays }: ImageFacts) => ({
  // Frames that repeat must stay frames: the count of an animation is part of what it is.
  keepDuplicateFrames: true,
  ...(frames > 1 ? { loop, delay: [...delays] } : {}),
});

/** `quality` has no meaning for GIF; it picks the step that changes about as much. */
export const gifSettingsAt = (quality: number, facts: ImageFacts): EncoderSettings => {
  const steps = facts.frames > 1 ? ANIMATED : STILL;
  const step = steps[Math.min(steps.length - 1, Math.floor(((100 - quality) / 100) * steps.length))];
  const base = baseOptions(facts);
  return step === undefined || quality === 100
    ? { format: 'gif', options: { ...base, reuse: true } }
    : gifSettings(base, step);
};

const gifSettings = (base: object, { interFrameMaxError, colours }: GifStep): EncoderSettings => ({
  format: 'gif',
  options: { ...base, colours, interFrameMaxError, interPaletteMaxError: 2 * interFrameMaxError },
});
