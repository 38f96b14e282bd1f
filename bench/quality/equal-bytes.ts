import { remember } from './disk-cache.ts';
import type { Sample } from './sample.ts';
import { METRICS, type Scores, scoreAgainst } from './scores.ts';

/** A contestant's scale: integer settings, more bytes with each step up. */
export interface Scale {
  /** Encoder and settings, for tables; a new one for new settings, as results are remembered by it. */
  readonly id: string;
  readonly lowest: number;
  readonly highest: number;
  encode(sample: Sample, setting: number): Promise<Uint8Array>;
}

/**
 * The scores a contestant would have at a number of bytes: those of the two neighbouring settings, interpolated linearly
 * over the logarithm of the bytes. Null where its scale does not reach so few or so many.
 */
export const scoresAtBytes = async (scale: Scale, sample: Sample, bytes: number): Promise<Scores | null> => {
  const [low, high] = await neighbours(scale, sample, bytes);
  const [below, above] = [await sizeAt(scale, sample, low), await sizeAt(scale, sample, high)];
  if (bytes < below || bytes > above) return null;
  const share = below === above ? 0 : Math.log(bytes / below) / Math.log(above / below);
  const [a, b] = [await scoresAt(scale, sample, low), await scoresAt(scale, sample, high)];
  const mix = (from: number | null, to: number | null) =>
    from === null || to === null ? null : from + (to - from) * share;
  return {
    butteraugli: mix(a.butteraugli, b.butteraugli),
    butteraugliMax: mix(a.butteraugliMax, b.butteraugliMax),
    ssimulacra2: a.ssimulacra2 + (b.ssimulacra2 - a.ssimulacra2) * share,
  };
};

const neighbours = async (scale: Scale, sample: Sample, bytes: number): Promise<[number, number]> => {
  let [low, high] = [scale.lowest, scale.highest];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await sizeAt(scale, sample, middle)) <= bytes) low = middle;
    else high = middle;
  }
  return [low, high];
};

const sizeAt = (scale: Scale, sample: Sample, setting: number): Promise<number> =>
  remember(['size', scale.id, sample.hash, setting], async () => (await scale.encode(sample, setting)).length);

const scoresAt = (scale: Scale, sample: Sample, setting: number): Promise<Scores> =>
  remember([METRICS, scale.id, sample.hash, setting], async () =>
    scoreAgainst(sample, await scale.encode(sample, setting)),
  );
