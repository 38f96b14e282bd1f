import type { RgbPixels } from './score/rgb-pixels.ts';
import { prepareReference } from './score/score-images.ts';
import type { Rgba } from './sharp.ts';

/** Says how much pictures look like the one they were made from. */
export interface Judge {
  /**
   * SSIMULACRA 2.1: 100 is the same picture, 90 visually lossless, 70 high quality, 50 medium. Of a transparent picture
   * the worse of white and black ground. Null where one side has less than 8 pixels.
   */
  score(candidate: Rgba): number | null;
}

/** Nothing that scores less is handed out. */
export const FLOOR_SCORE = 60;

/** Larger frames are not judged: beside the decoded picture that takes 14 bytes a pixel. */
export const MAX_JUDGED = 12_000_000;

const [WHITE, BLACK] = [255, 0];

export const judgeOf = (reference: Rgba): Judge => {
  const views = (isOpaque(reference) ? [WHITE] : [WHITE, BLACK]).map((ground) => ({
    ground,
    prepared: prepareReference(onGround(reference, ground)),
  }));
  return {
    score: (candidate) => {
      let worst = Number.POSITIVE_INFINITY;
      for (const { ground, prepared } of views) {
        if (prepared === null) return null;
        worst = Math.min(worst, prepared.score(onGround(candidate, ground)));
      }
      return worst;
    },
  };
};

const isOpaque = ({ data }: Rgba): boolean => {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
};

/** Red, green and blue on a ground of one gray. */
const onGround = ({ data, width, height }: Rgba, ground: number): RgbPixels => {
  const out = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    const alpha = data[from + 3] ?? 255;
    for (let c = 0; c < 3; c++) {
      const value = data[from + c] ?? 0;
      out[to + c] = alpha === 255 ? value : Math.round((value * alpha + ground * (255 - alpha)) / 255);
    }
  }
  return { data: out, width, height };
};
