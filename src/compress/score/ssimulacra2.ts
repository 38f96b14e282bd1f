/**
 * SSIMULACRA 2.1 (Jon Sneyers, Cloudinary; github.com/cloudinary/ssimulacra2 and libjxl tools/ssimulacra2.cc): how alike
 * two pictures look to people. SSIM and edge errors in XYB at up to six scales, weighted so that the score follows
 * opinions gathered on compressed pictures. 100 is the same picture, 90 visually lossless, 80 very high quality, 70 high,
 * 50 medium, 30 low; very bad pictures go below zero.
 */
import { BAND_ROWS, bandsOf } from './bands.ts';
import { addEdges, addStructure, type BlurredChannel, SUMS } from './error-maps.ts';
import { type RgbPixels, requireData, requireSize } from './rgb-pixels.ts';
import { type Channel, ScaleWalk, type Visitor } from './scale-walk.ts';
import { MIN_SIDE, scoreOf, weigh } from './weights.ts';

export const SCORE_NAME = 'ssimulacra2';
export const SCORE_VERSION = '2.1';

/** A picture that others are compared with: what depends on it alone is computed once. */
export class Ssimulacra2Reference {
  readonly width: number;
  readonly height: number;
  readonly #walk: ScaleWalk;
  /** By scale and index of plan. */
  readonly #kept: readonly (readonly BlurredChannel[])[];

  /** @throws RangeError when a side is under 8 pixels, or `data` shorter than the picture */
  constructor(pixels: RgbPixels) {
    const { width, height } = pixels;
    if (width < MIN_SIDE || height < MIN_SIDE) throw new RangeError(`${width} × ${height} pixels are too few to score`);
    requireData(pixels);
    this.width = width;
    this.height = height;
    this.#walk = new ScaleWalk(width, height);
    this.#kept = this.#walk.scales.map((scale) => {
      const length = scale.width * bandsOf(scale.height) * BAND_ROWS;
      return scale.plans.map(({ structure }) => ({
        value: new Float32Array(length),
        mean: new Float32Array(length),
        square: new Float32Array(structure ? length : 0),
      }));
    });
    this.#walk.walk(pixels, (scale, index) => new Keeper(this.#keptOf(scale, index)));
  }

  /**
   * At most 100, no lower end, never NaN.
   *
   * @throws RangeError when the candidate's size is another, or its `data` shorter than the picture
   */
  score(candidate: RgbPixels): number {
    requireSize(candidate, this.width, this.height);
    const meters: ErrorMeter[] = [];
    let error = 0;
    this.#walk.walk(candidate, (scale, index) => {
      const meter = new ErrorMeter(this.#keptOf(scale, index));
      meters.push(meter);
      return meter;
    });
    let next = 0;
    for (const scale of this.#walk.scales) {
      for (const { weights } of scale.plans) {
        const sums = meters[next++]?.sums ?? new Float64Array(SUMS);
        error += weigh(weights, sums, scale.width * scale.height);
      }
    }
    return scoreOf(error);
  }

  #keptOf(scale: number, index: number): BlurredChannel {
    const kept = this.#kept[scale]?.[index];
    if (kept === undefined) throw new RangeError(`no channel ${index} at scale ${scale}`);
    return kept;
  }
}

/** Keeps the blurs of the reference. */
class Keeper implements Visitor {
  readonly #kept: BlurredChannel;

  constructor(kept: BlurredChannel) {
    this.#kept = kept;
  }

  take({ plan, blurs, length, scratch }: Channel, band: Float32Array | null, at: number): void {
    blurs.means.push(band);
    if (band !== null) copyBand(band, this.#kept.value, at, length);
    if (!plan.structure) return;
    if (band !== null) multiply(band, 0, band, scratch, length);
    blurs.squares.push(band === null ? null : scratch);
  }

  give({ plan, blurs, length }: Channel, _band: Float32Array, at: number): void {
    copyBand(blurs.means.result, this.#kept.mean, at, length);
    if (plan.structure) copyBand(blurs.squares.result, this.#kept.square, at, length);
  }
}

/** Sums up the errors of the candidate. */
class ErrorMeter implements Visitor {
  readonly sums = new Float64Array(SUMS);
  readonly #reference: BlurredChannel;

  constructor(reference: BlurredChannel) {
    this.#reference = reference;
  }

  take({ plan, blurs, length, scratch }: Channel, band: Float32Array | null, at: number): void {
    blurs.means.push(band);
    if (!plan.structure) return;
    if (band !== null) multiply(band, 0, band, scratch, length);
    blurs.squares.push(band === null ? null : scratch);
    if (band !== null) multiply(this.#reference.value, at, band, scratch, length);
    blurs.products.push(band === null ? null : scratch);
  }

  give({ plan, blurs, length }: Channel, value: Float32Array, at: number, rows: number): void {
    const { means, squares, products } = blurs;
    const candidate = { value, mean: means.result, square: squares.result, product: products.result };
    const step = rows === BAND_ROWS ? 1 : BAND_ROWS;
    for (let from = 0; from < (step === 1 ? 1 : rows); from++) {
      const pixels = { at, from, to: length, step };
      if (plan.structure) addStructure(this.#reference, candidate, pixels, this.sums);
      if (plan.edges) addEdges(this.#reference, candidate, pixels, this.sums);
    }
  }
}

const multiply = (a: Float32Array, at: number, b: Float32Array, to: Float32Array, length: number): void => {
  for (let i = 0; i < length; i++) to[i] = (a[at + i] ?? 0) * (b[i] ?? 0);
};

const copyBand = (from: Float32Array, to: Float32Array, at: number, length: number): void => {
  for (let i = 0; i < length; i++) to[at + i] = from[i] ?? 0;
};
