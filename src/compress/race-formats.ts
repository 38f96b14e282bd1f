import type { ImageFormat } from '../core/options.ts';
import type { CompressedImage } from './compressed-image.ts';
import type { ImageFacts } from './inspect-image.ts';
import { MAX_JUDGED } from './judge.ts';
import { scorerOf } from './score-file.ts';
import { decode, frameOf, type Treatment } from './sharp.ts';

/** One picture in several formats. */
export interface Race {
  readonly source: Buffer;
  readonly facts: ImageFacts;
  readonly treatment: Treatment;
  readonly budget: number;
  readonly results: readonly CompressedImage[];
}

/** Nobody sees a smaller difference; then the smaller file is the better one. */
const SAME_SCORE = 1;

/** The best by score of those within the budget; without any, the smallest. */
export const bestOf = async (race: Race): Promise<CompressedImage> => {
  const { results, budget, facts } = race;
  const [first, ...others] = results;
  if (first === undefined) throw new RangeError('expected at least one result');
  const fitting = results.filter(({ bytes, outcome }) => bytes.length <= budget && outcome !== 'kept_original');
  const open = fitting.length > 0 ? fitting : results.filter(({ outcome }) => outcome !== 'kept_original');
  if (others.length === 0 || open.length === 0) return first;
  const isSettled = fitting.length < 2 || fitting.every(({ outcome }) => outcome === 'visually_lossless');
  if (isSettled) return open.reduce(smaller);
  if (facts.pixels > MAX_JUDGED) return open.reduce(likelyBetter);
  return (await scored(race, open)).reduce(looksBetter);
};

const smaller = (a: CompressedImage, b: CompressedImage): CompressedImage => (b.bytes.length < a.bytes.length ? b : a);

/** Those without a score get one. */
const scored = async ({ source, facts, treatment }: Race, results: readonly CompressedImage[]) => {
  const pixels = await decode(source, facts, treatment);
  const { frames } = facts;
  const size = treatment.width * treatment.height;
  const score = scorerOf({ pixels: size, frames, frame: (index) => frameOf(pixels, index, frames) });
  const all: CompressedImage[] = [];
  for (const result of results) all.push({ ...result, score: result.score ?? (await score(result.bytes)) });
  return all;
};

const looksBetter = (a: CompressedImage, b: CompressedImage): CompressedImage => {
  const difference = (a.score ?? 0) - (b.score ?? 0);
  if (Math.abs(difference) <= SAME_SCORE) return smaller(a, b);
  return difference > 0 ? a : b;
};

/** At equal bytes the stronger encoder has kept more of the picture. */
const STRENGTH: Readonly<Record<ImageFormat, number>> = { avif: 3, webp: 2, jpeg: 1, png: 1, gif: 0 };

const likelyBetter = (a: CompressedImage, b: CompressedImage): CompressedImage => {
  if ((a.outcome === 'visually_lossless') !== (b.outcome === 'visually_lossless')) {
    return a.outcome === 'visually_lossless' ? a : b;
  }
  return STRENGTH[a.format] >= STRENGTH[b.format] ? a : b;
};
