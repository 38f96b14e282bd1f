import type { ImageFormat } from '../core/options.ts';
import type { Attempt, Job } from './attempt.ts';
import { toAttempt } from './compress-lossy.ts';
import { FLOOR_SCORE } from './judge.ts';
import type { LossyEncoder } from './lossy-encoders.ts';
import type { Scorer } from './score-file.ts';
import type { SearchResult } from './search-quality.ts';

/** A found quality, and how to look at it and at others. */
export interface Finding {
  readonly found: SearchResult;
  readonly encoder: Pick<LossyEncoder, 'trusted' | 'ceiling' | 'qualityAPoint'>;
  readonly encode: (quality: number) => Promise<Buffer>;
  readonly score: Scorer;
}

/** Encodes more than the search may take to get above the floor. */
const MAX_RAISES = 3;

/**
 * The file found, unless it looks worse than {@link FLOOR_SCORE} allows: then a larger one that does not. Qualities that
 * never look so bad are not even measured.
 */
export const holdFloor = async ({ found, encoder, encode, score }: Finding): Promise<Attempt> => {
  const attempt = toAttempt(found);
  let { quality, bytes } = found.best;
  const first = quality >= encoder.trusted ? null : await score(bytes);
  if (first === null) return attempt;
  let seen = first;
  let raises = 0;
  while (seen < FLOOR_SCORE && quality < encoder.ceiling && raises < MAX_RAISES) {
    const step = Math.max(2, Math.ceil((FLOOR_SCORE - seen) * encoder.qualityAPoint));
    quality = Math.min(encoder.ceiling, quality + step);
    bytes = await encode(quality);
    seen = (await score(bytes)) ?? FLOOR_SCORE;
    raises += 1;
  }
  const encodes = attempt.encodes + raises;
  if (seen < FLOOR_SCORE) return { ...attempt, encodes, outcome: 'kept_original' };
  return { bytes, quality, encodes, outcome: raises === 0 ? attempt.outcome : 'floor', score: seen };
};

/** Lossy once, and lossy again: where the target is missed, less than a fifth saved is not worth it. */
const WORTH_A_SECOND_LOSS = 0.8;

/** `attempt`, unless the picture is in that format already and gains too little by going through it again. */
export const unlessPointless = ({ source, facts, treatment }: Job, format: ImageFormat, attempt: Attempt): Attempt => {
  const isAgain = facts.format === format && treatment.width === facts.width && treatment.height === facts.height;
  const isPoor = attempt.outcome === 'floor' && attempt.bytes.length > source.length * WORTH_A_SECOND_LOSS;
  return isAgain && isPoor && facts.cutOff === null ? { ...attempt, outcome: 'kept_original' } : attempt;
};
