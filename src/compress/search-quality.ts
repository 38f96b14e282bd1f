/** Finds the best quality whose file fits a budget, in as few encodes as possible. Knows nothing of pictures. */
import { nearestQuality } from './quality-axis.ts';

export interface Encoded {
  readonly quality: number;
  readonly bytes: Buffer;
}

export interface SearchPlan {
  readonly encode: (quality: number) => Promise<Buffer>;
  /** Bytes the file may have at most. */
  readonly budget: number;
  /** Integer quality bounds, both allowed. */
  readonly floor: number;
  readonly ceiling: number;
  /**
   * Stretches the encoder's quality scale so that ln(bytes) is close to a straight line over it; strictly increasing.
   */
  readonly axis: (quality: number) => number;
  /** First quality to try. */
  readonly start: number;
  /** Expected growth of ln(bytes) for one unit of the axis; used until two encodes have shown the real one. */
  readonly slope: number;
  readonly maxEncodes?: number;
}

export interface SearchResult {
  /**
   * `met`: the best found that fits. `ceiling`: the highest quality allowed fits. `floor`: not even the lowest quality
   * allowed fits, and `best` is that one.
   */
  readonly end: 'met' | 'ceiling' | 'floor';
  readonly best: Encoded;
  readonly encodes: number;
}

/** A file of 95–100 % of the budget is good enough: the next encode would gain less than anyone can see. */
const TOLERANCE = 0.05;
/** Where in that window to aim, as a share of the budget. */
export const AIM = 1 - TOLERANCE / 2;

interface Point {
  readonly quality: number;
  readonly size: number;
}

/**
 * The secant method on ln(bytes) over the stretched quality scale, kept inside a bracket once there is one, with
 * bisection when the secant stalls. Assumes that size grows with quality; where it does not, the search still ends and
 * still returns a file that fits.
 */
export const searchQuality = async (plan: SearchPlan): Promise<SearchResult> => {
  const { encode, budget, floor, ceiling, maxEncodes = 6 } = plan;
  const tried: Point[] = [];
  let fit: Encoded | null = null;
  let above = ceiling + 1;
  let quality = clamp(Math.round(plan.start), floor, ceiling);
  for (;;) {
    const bytes = await encode(quality);
    tried.push({ quality, size: bytes.length });
    const encodes = tried.length;
    if (bytes.length <= budget) {
      fit = { quality, bytes };
      if (quality === ceiling) return { end: 'ceiling', best: fit, encodes };
      if (bytes.length >= budget * (1 - TOLERANCE)) return { end: 'met', best: fit, encodes };
    } else {
      if (quality === floor) return { end: 'floor', best: { quality, bytes }, encodes };
      above = quality;
    }
    const below: number = fit?.quality ?? floor - 1;
    if (fit !== null && (above - below <= 1 || encodes >= maxEncodes)) return { end: 'met', best: fit, encodes };
    // With nothing that fits yet, the last encode goes to the floor: it decides whether the budget can be met at all.
    quality = encodes + 1 >= maxEncodes && fit === null ? floor : nextQuality(plan, tried, below + 1, above - 1);
  }
};

/** The quality between `low` and `high` (both untried) most likely to meet the aim. */
const nextQuality = (plan: SearchPlan, tried: readonly Point[], low: number, high: number): number => {
  const fits = tried.filter(({ size }) => size <= plan.budget);
  const misses = tried.filter(({ size }) => size > plan.budget);
  const [under, over, last] = [fits.at(-1), misses.at(-1), tried.at(-1)];
  if (last === undefined) return low;
  const aim = Math.log(plan.budget * AIM);
  if (under !== undefined && over !== undefined) {
    // Three on one side in a row means that the curve bends away from the secant.
    const stalled =
      tried.length >= 4 && tried.slice(-3).every(({ size }) => size > plan.budget === last.size > plan.budget);
    if (stalled) return Math.floor((low + high) / 2);
    return nearestQuality(plan.axis, along(plan.axis, under, slopeOf(plan, under, over), aim), low, high);
  }
  const previous = tried.at(-2);
  const slope = previous === undefined ? plan.slope : slopeOf(plan, previous, last);
  return nearestQuality(plan.axis, along(plan.axis, last, slope, aim), low, high);
};

const slopeOf = (plan: SearchPlan, a: Point, b: Point): number => {
  const slope = Math.log(b.size / a.size) / (plan.axis(b.quality) - plan.axis(a.quality));
  // A measured slope far from the expected one comes from noise between two close points.
  return Number.isFinite(slope) ? clamp(slope, plan.slope / 3, plan.slope * 3) : plan.slope;
};

const along = (axis: SearchPlan['axis'], from: Point, slope: number, aim: number): number =>
  axis(from.quality) + (aim - Math.log(from.size)) / slope;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
