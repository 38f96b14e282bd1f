import { cutOut, pickCrops } from './pick-crops.ts';
import { type RgbPixels, requireData, requireSize } from './rgb-pixels.ts';
import { Ssimulacra2Reference } from './ssimulacra2.ts';
import { MIN_SIDE } from './weights.ts';

/** Larger pictures are scored by parts. */
const MAX_WHOLE_PIXELS = 1_000_000;

/** A picture that its compressed forms are to be compared with. */
export interface PreparedReference {
  /**
   * SSIMULACRA 2.1: at most 100, 90 visually lossless, below zero for very bad pictures. Of large pictures, the lowest of
   * up to three parts.
   *
   * @throws RangeError when the candidate's size is another, or its `data` shorter than the picture
   */
  score(candidate: RgbPixels): number;
}

/**
 * Null for a picture too small to be scored: under 8 pixels wide or high.
 *
 * @throws RangeError when `data` is shorter than the picture
 */
export const prepareReference = (reference: RgbPixels): PreparedReference | null => {
  const { width, height } = reference;
  requireData(reference);
  if (width < MIN_SIDE || height < MIN_SIDE) return null;
  if (width * height <= MAX_WHOLE_PIXELS) return new Ssimulacra2Reference(reference);
  const parts = pickCrops(reference).map((crop) => ({
    crop,
    part: new Ssimulacra2Reference(cutOut(reference, crop)),
  }));
  return {
    score(candidate) {
      requireSize(candidate, width, height);
      return Math.min(...parts.map(({ crop, part }) => part.score(cutOut(candidate, crop))));
    },
  };
};

/** The score of one candidate; null for a picture too small. See {@link PreparedReference.score}. */
export const scoreImages = (reference: RgbPixels, candidate: RgbPixels): number | null => {
  requireSize(candidate, reference.width, reference.height);
  return prepareReference(reference)?.score(candidate) ?? null;
};
