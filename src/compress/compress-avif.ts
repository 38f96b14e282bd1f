import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { search } from './compress-lossy.ts';
import { holdFloor, unlessPointless } from './hold-floor.ts';
import { LOSSY_ENCODERS } from './lossy-encoders.ts';
import { scorerOf } from './score-file.ts';
import { decode, frameOf } from './sharp.ts';

/** AVIF, searched for the quality that fits. */
export const compressToAvif = async (job: Job): Promise<Attempt> => {
  const pixels = await decode(job.source, job.facts, job.treatment);
  const encoder = LOSSY_ENCODERS.avif(job.facts, outputPixels(job));
  const encode = (quality: number): Promise<Buffer> => pixels.encode(encoder.settings(quality));
  const found = await search(pixels, encoder, job.budget, null);
  const score = scorerOf({ pixels: outputPixels(job), frames: 1, frame: () => frameOf(pixels, 0, 1) });
  return unlessPointless(job, 'avif', await holdFloor({ found, encoder, encode, score }));
};
