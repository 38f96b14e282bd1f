/** Makes a JPEG fit a number of bytes at the best quality that does. */
import type { Coefficients } from './coefficients.ts';
import { Estimate, FINE, LAMBDA, ROUGH } from './estimate-size.ts';
import { Memory } from './memory.ts';
import { losslessScale, qualityOf, scaleOf, sourceScale } from './quantisation-tables.ts';
import { hasFullChroma, reduceChroma } from './reduce-chroma.ts';
import { Requantiser } from './requantise.ts';
import { type SettingFound, searchSize } from './search-size.ts';
import { weightOf } from './take-tiles.ts';
import { type FilePlan, planSmallest, writePlan } from './write-jpeg.ts';

export interface FitOptions {
  /** Bytes the file may have. */
  readonly budget: number;
  /** Colour profile to put into the file; none by default. */
  readonly icc?: Uint8Array | null;
  /** Qualities of libjpeg's range 1–100: the worst that is allowed, and the one above which nobody sees a difference. */
  readonly floor: number;
  readonly ceiling: number;
  /** To be used again for the next picture; fresh memory by default. */
  readonly memory?: Memory | undefined;
}

/** As in {@link FitOptions}. */
export interface QualityOptions extends Pick<FitOptions, 'icc' | 'memory'> {
  readonly quality: number;
}

export interface FittedJpeg {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly quality: number;
  /** `met`: fits. `ceiling`: the best quality allowed fits. `floor`: even the worst allowed is too large; it is that one. */
  readonly end: 'met' | 'ceiling' | 'floor';
  /** How often the whole picture was requantised. */
  readonly passes: number;
}

/** Stuffed zeros make a file so much larger than planned, on average: see `predictBytes`. */
const STUFFING = 1.004;
/** Plans so near to the budget are written to see. */
const NEAR = 1.003;
/** A file of 98–100 % of the budget ends the search: what is left is less than half a quality. */
const LEAST = 0.98;
const AIM = 0.99;
/** The rough sample need not be met more exactly than it is true of the whole. */
const LEAST_OF_ROUGH = 0.97;

/** From this quality on colour keeps its full resolution, if it has it: such a file has bytes to spare. */
const FULL_CHROMA_FROM = 90;

/** Colour at full resolution is not worth more quality than this. */
const FULL_CHROMA_AT_LEAST = 80;

/** Growth of ln(bytes) on photographs, for one unit of ln(scale) and of ln(lambda). */
const SCALE_SLOPE = -0.75;
const LAMBDA_SLOPE = -0.13;
/** How far lambda may go to meet the budget: about 8 % of the bytes up and down. */
const LAMBDAS = { finest: LAMBDA / 2, coarsest: LAMBDA * 2 };
/** How often the scale is corrected when lambda does not suffice. */
const ROUNDS = 3;

/**
 * Fits a picture, its colour at half the resolution where there is no room for more.
 * @throws JpegFault `unsupported` for a profile larger than a JPEG can hold, and for coefficients no picture has
 */
export const fitJpeg = (source: Coefficients, options: FitOptions): FittedJpeg => {
  if (!hasFullChroma(source) || hasRoomForColour(source, options)) return fitPicture(source, options);
  const reduced = fitPicture(reduceChroma(source, options.memory), options);
  if (reduced.end !== 'ceiling') return reduced;
  // With bytes to spare at the best quality allowed, they go to the colour; unless it takes more than there are.
  const full = fitPicture(source, options);
  return full.end !== 'floor' && full.quality >= FULL_CHROMA_AT_LEAST ? full : { ...reduced, end: 'met' };
};

/**
 * Finds the steps with samples of the picture first. Then all of it is requantised, and lambda makes up for what the
 * samples got wrong: bytes follow it smoothly, while they jump where steps, being integers, change.
 */
const fitPicture = (picture: Coefficients, options: FitOptions): FittedJpeg => {
  const { budget, floor, ceiling, memory = new Memory() } = options;
  const coarsest = scaleOf(floor);
  const scales = { finest: Math.min(coarsest, Math.max(scaleOf(ceiling), losslessScale(picture))), coarsest };
  const weight = weightOf(picture, memory);
  const searched = (estimate: Estimate, start: number, least: number): SettingFound => {
    const bytesAt = estimate.sizer(weight);
    const sizeAt = (scale: number): number => bytesAt(scale) * STUFFING;
    return searchSize({ ...scales, least: budget * least, most: budget, start, slope: SCALE_SLOPE, tries: 6, sizeAt });
  };
  /** Where a scale should be, by the size it has, for the file to be in the middle of what is allowed. */
  const aimed = (scale: number, size: number): number =>
    Math.max(scales.finest, Math.min(scales.coarsest, scale * ((budget * AIM) / size) ** (1 / SCALE_SLOPE)));
  const first = Math.max(scales.finest, Math.min(scales.coarsest, 2 * sourceScale(picture)));
  const rough = learned(picture, first, memory);
  const { setting: roughly } = searched(rough, first, LEAST_OF_ROUGH);
  const fine = new Estimate(picture, FINE, memory, rough.rates);
  let { setting: scale } = searched(fine, roughly, LEAST);
  const whole = new WholePicture(picture, fine, options);
  for (let round = 1; ; round += 1) {
    if (scale === scales.finest && whole.sizeAt(scale, LAMBDA) <= budget) return whole.result('ceiling');
    const { end, size } = whole.searchLambda(scale);
    if (end === 'met' || (end === 'finest' && round >= ROUNDS)) return whole.result('met');
    if (end === 'coarsest' && scale === scales.coarsest) return whole.smallest(scale);
    scale = round >= ROUNDS ? scales.coarsest : aimed(scale, size);
  }
};

/** All of a picture, requantised as often as it takes, and the best file that came of it. */
class WholePicture {
  readonly #requantiser: Requantiser;
  readonly #estimate: Estimate;
  readonly #options: FitOptions;
  #best = { bytes: new Uint8Array(0), quality: 0 };
  #passes = 0;

  constructor(picture: Coefficients, estimate: Estimate, options: FitOptions) {
    this.#requantiser = new Requantiser(picture, options.memory);
    this.#estimate = estimate;
    this.#options = options;
  }

  /** Bytes of the file; those planned when it is clearly too large to be written. */
  sizeAt(scale: number, lambda: number): number {
    const plan = this.#plan(scale, lambda);
    const planned = plan.bytes * STUFFING;
    if (planned > this.#options.budget * NEAR) return planned;
    const bytes = writePlan(plan);
    const isBest = bytes.length <= this.#options.budget && bytes.length > this.#best.bytes.length;
    if (isBest) this.#best = { bytes, quality: qualityOf(scale) };
    return bytes.length;
  }

  searchLambda(scale: number): SettingFound {
    return searchSize({
      ...LAMBDAS,
      least: this.#options.budget * LEAST,
      most: this.#options.budget,
      start: LAMBDA,
      slope: LAMBDA_SLOPE,
      tries: 6,
      sizeAt: (lambda) => this.sizeAt(scale, lambda),
    });
  }

  /** The best so far; something has to have fitted. */
  result(end: 'met' | 'ceiling'): FittedJpeg {
    return { ...this.#best, end, passes: this.#passes };
  }

  /** What fitted after all on the way, or else the file at the coarsest scale, although it is too large. */
  smallest(scale: number): FittedJpeg {
    if (this.#best.quality > 0) return this.result('met');
    const bytes = writePlan(this.#plan(scale, LAMBDAS.coarsest));
    // A plan just above the budget can turn out smaller: few of its bytes needed stuffing.
    const end = bytes.length <= this.#options.budget ? 'met' : 'floor';
    return { bytes, quality: qualityOf(scale), end, passes: this.#passes };
  }

  #plan(scale: number, lambda: number): FilePlan {
    this.#passes += 1;
    const { rates } = this.#estimate;
    const { icc, memory } = this.#options;
    return planSmallest(this.#requantiser.run({ scale, lambda, rates }), icc ?? null, memory);
  }
}

/** A rough estimate that knows the costs at a scale. */
const learned = (picture: Coefficients, scale: number, memory: Memory | undefined): Estimate => {
  const estimate = new Estimate(picture, ROUGH, memory);
  estimate.learn(scale);
  estimate.learn(scale);
  return estimate;
};

/** Steps of the source must grow by so much for the file to become half as large, at least. */
const LEAST_GROWTH = 1.3;

const hasRoomForColour = (source: Coefficients, { budget, memory }: FitOptions): boolean => {
  const scale = scaleOf(FULL_CHROMA_FROM);
  if (sourceScale(source) * LEAST_GROWTH >= scale) return false;
  return learned(source, scale, memory).sizer(weightOf(source, memory))(scale) <= budget;
};

/** The picture at a quality of libjpeg's range 1–100, whatever its size. @throws JpegFault as {@link fitJpeg} */
export const jpegAtQuality = (
  source: Coefficients,
  { quality, icc = null, memory }: QualityOptions,
): Uint8Array<ArrayBuffer> => {
  const picture = quality < FULL_CHROMA_FROM && hasFullChroma(source) ? reduceChroma(source, memory) : source;
  const scale = scaleOf(quality);
  const { rates } = learned(picture, scale, memory);
  return writePlan(planSmallest(new Requantiser(picture, memory).run({ scale, lambda: LAMBDA, rates }), icc, memory));
};
