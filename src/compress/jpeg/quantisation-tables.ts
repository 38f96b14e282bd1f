/** Which quantisation steps a file gets (ITU-T T.81, A.3.4), from one number for the whole picture. */
import type { Coefficients, Plane } from './coefficients.ts';

/**
 * Steps of a picture at quality 50, in zigzag order. The table of N. Robidoux (mozjpeg's number 3): measured against
 * Annex K and others at equal bytes, docs/decisions/018.
 */
const BASE = [
  16, 16, 16, 16, 17, 16, 18, 20, 20, 18, 25, 27, 24, 27, 25, 37, 34, 31, 31, 34, 37, 56, 40, 43, 40, 43, 40, 56, 85,
  53, 62, 53, 53, 62, 53, 85, 75, 91, 74, 69, 74, 91, 75, 135, 106, 94, 94, 106, 135, 156, 131, 124, 131, 156, 189, 169,
  169, 189, 238, 226, 238, 255, 255, 255,
] as const;

/** T.81 B.2.4.1: steps of baseline files have 8 bits. */
const LARGEST_STEP = 255;

/** Brightness of whole blocks shows most: finer steps for DC looked better at equal bytes (docs/decisions/018). */
const DC_SHARE = 0.6;

/** So that steps do not all change at the same scale, each is rounded at its own place: multiples of the golden ratio. */
const PHASES = Float64Array.from(BASE, (_, k) => (k * 0.618_033_988_749_895) % 1);

/**
 * Steps in zigzag order for a scale, where 1 is quality 50. They are never finer than those of the source, which would
 * take bytes for nothing.
 */
export const stepsAt = (scale: number, { steps: sourceSteps }: Plane): Uint16Array => {
  const steps = new Uint16Array(64);
  for (let k = 0; k < 64; k += 1) {
    const exact = (BASE[k] ?? 0) * scale * (k === 0 ? DC_SHARE : 1);
    const step = Math.min(LARGEST_STEP, Math.floor(exact + (PHASES[k] ?? 0)));
    steps[k] = Math.max(1, sourceSteps[k] ?? 1, step);
  }
  return steps;
};

/** At quality 100 every step is 1; so it is at this scale, which can be divided by. */
const FINEST_SCALE = 0.001;

/** The scale of a quality of libjpeg's range 1–100 (jcparam.c, `jpeg_quality_scaling`). */
export const scaleOf = (quality: number): number =>
  Math.max(FINEST_SCALE, quality < 50 ? 50 / quality : 2 - quality / 50);

/** The quality, 1–100, whose scale is nearest. */
export const qualityOf = (scale: number): number =>
  Math.max(1, Math.min(100, Math.round(scale > 1 ? 50 / scale : 100 - 50 * scale)));

/** The scale whose steps are nearest to those a picture has: the median over the first plane. */
export const sourceScale = ({ planes }: Coefficients): number => {
  const steps = planes[0]?.steps ?? new Uint16Array(64).fill(1);
  const ratios = Array.from(steps, (step, k) => step / (BASE[k] ?? 1)).sort((a, b) => a - b);
  return ratios[32] ?? 1;
};

/** At this scale and below all steps are those of the source: {@link stepsAt}. */
export const losslessScale = ({ planes }: Coefficients): number => {
  let scale = Number.POSITIVE_INFINITY;
  for (const { steps } of planes) {
    for (const [k, step] of steps.entries()) scale = Math.min(scale, step / (BASE[k] ?? 1));
  }
  return scale;
};
