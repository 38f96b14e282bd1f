import { type Judge, judgeOf, MAX_JUDGED } from './judge.ts';
import { type Rgba, readRgba } from './sharp.ts';

/** Frames of an animation that are looked at; the worst counts. */
const MAX_LOOKED_AT = 5;

/** Scores files; null when they are too large or too small to be judged. */
export type Scorer = (bytes: Buffer) => Promise<number | null>;

export interface Original {
  /** Pixels of one frame. */
  readonly pixels: number;
  readonly frames: number;
  readonly frame: (index: number) => Promise<Rgba>;
}

/**
 * How much files just written look like what they were made from. The original is read when it is first needed, and
 * kept.
 */
export const scorerOf = ({ pixels, frames, frame: reference }: Original): Scorer => {
  const judges = new Map<number, Judge>();
  const judgeFor = async (frame: number): Promise<Judge> => {
    const judge = judges.get(frame) ?? judgeOf(await reference(frame));
    judges.set(frame, judge);
    return judge;
  };
  return async (bytes) => {
    if (pixels > MAX_JUDGED) return null;
    let worst = Number.POSITIVE_INFINITY;
    for (const frame of someOf(frames)) {
      const judge = await judgeFor(frame);
      const score = judge.score(await readRgba(bytes, frame));
      if (score === null) return null;
      worst = Math.min(worst, score);
    }
    return worst;
  };
};

/** Frames spread over the whole, the first and the last among them. */
const someOf = (frames: number): number[] => {
  const count = Math.min(MAX_LOOKED_AT, frames);
  return Array.from({ length: count }, (_, i) => Math.round((i * (frames - 1)) / Math.max(1, count - 1)));
};
