import { type BandBlur, ExactBlur } from './band-blur.ts';
import { BAND_ROWS, bandsOf } from './bands.ts';
import { BAND_TAIL } from './gaussian.ts';
import { RecursiveBlur } from './recursive-blur.ts';
import type { RgbPixels } from './rgb-pixels.ts';
import { type ChannelPlan, planScales } from './scale-plan.ts';
import { scaleSizes } from './weights.ts';
import type { XybBand } from './xyb.ts';
import { XybPyramid } from './xyb-pyramid.ts';

/** The blurs of one channel: of itself, its square, and its product with the other picture. */
export interface ChannelBlurs {
  readonly means: BandBlur;
  readonly squares: BandBlur;
  readonly products: BandBlur;
}

/** One channel at one scale, while it is walked. */
export interface Channel {
  readonly plan: ChannelPlan;
  readonly blurs: ChannelBlurs;
  /** Values of a band. */
  readonly length: number;
  /** Room for a band to be blurred, with its tail of zeros. */
  readonly scratch: Float32Array;
}

/** What is done with each channel that has weight. `at` is where the band begins in a plane. */
export interface Visitor {
  /** A new band, null below the last: it is to be given to the blurs. */
  take(channel: Channel, band: Float32Array | null, at: number): void;
  /** The band before; the blurs' results are of it. `rows` of it are of the picture. */
  give(channel: Channel, band: Float32Array, at: number, rows: number): void;
}

interface Scale {
  readonly width: number;
  readonly height: number;
  readonly plans: readonly ChannelPlan[];
}

/** Room for walking pictures of one size, band by band through every scale. */
export class ScaleWalk {
  readonly scales: readonly Scale[];
  readonly #pyramid: XybPyramid;
  readonly #bands: readonly [XybBand, XybBand];
  readonly #scratch: Float32Array;
  readonly #exact: Readonly<Record<keyof XybBand, ChannelBlurs>>;
  readonly #recursive: Readonly<Record<keyof XybBand, ChannelBlurs>>;

  constructor(width: number, height: number) {
    const sizes = scaleSizes(width, height);
    const plans = planScales(sizes.length);
    const weighty = sizes.slice(0, plans.findLastIndex((scale) => scale.length > 0) + 1);
    this.scales = weighty.map((size, scale) => ({ ...size, plans: plans[scale] ?? [] }));
    this.#pyramid = new XybPyramid(weighty);
    const band = () => new Float32Array(width * BAND_ROWS + BAND_TAIL);
    const xyb = () => ({ x: band(), y: band(), b: band() });
    this.#bands = [xyb(), xyb()];
    this.#scratch = band();
    const blurs = (make: (width: number) => BandBlur, widest: number) => {
      const channel = () => ({ means: make(widest), squares: make(widest), products: make(widest) });
      return { x: channel(), y: channel(), b: channel() };
    };
    const widest = (recursive: boolean) =>
      this.scales.find((scale) => scale.plans.some((plan) => plan.recursive === recursive))?.width ?? 0;
    this.#exact = blurs((most) => new ExactBlur(most), widest(false));
    this.#recursive = blurs((most) => new RecursiveBlur(most), widest(true));
  }

  /** @param visitorOf gives what is done at a scale with the channel of that index among its plans */
  walk(pixels: RgbPixels, visitorOf: (scale: number, index: number) => Visitor): void {
    for (const [index, scale] of this.scales.entries()) {
      this.#walkScale(
        pixels,
        index,
        scale,
        scale.plans.map((_, channel) => visitorOf(index, channel)),
      );
    }
  }

  #walkScale(pixels: RgbPixels, index: number, { width, height, plans }: Scale, visitors: readonly Visitor[]): void {
    const length = width * BAND_ROWS;
    const channels = this.#begin(width, plans);
    const colours = plans.some((plan) => plan.channel !== 'y');
    const bands = bandsOf(height);
    let [last, fresh] = this.#bands;
    for (let band = 0; band <= bands; band++) {
      if (band < bands) this.#pyramid.band(pixels, index, band, fresh, colours);
      const rows = Math.min(BAND_ROWS, height - (band - 1) * BAND_ROWS);
      for (const [i, visitor] of visitors.entries()) {
        const channel = channels[i];
        if (channel === undefined) continue;
        const { channel: name } = channel.plan;
        visitor.take(channel, band < bands ? fresh[name] : null, band * length);
        if (band > 0) visitor.give(channel, last[name], (band - 1) * length, rows);
      }
      [last, fresh] = [fresh, last];
    }
  }

  #begin(width: number, plans: readonly ChannelPlan[]): Channel[] {
    const length = width * BAND_ROWS;
    for (const { x, y, b } of this.#bands) {
      for (const plane of [x, y, b]) plane.fill(0, length, length + BAND_TAIL);
    }
    this.#scratch.fill(0, length, length + BAND_TAIL);
    return plans.map((plan) => {
      const blurs = (plan.recursive ? this.#recursive : this.#exact)[plan.channel];
      for (const blur of [blurs.means, blurs.squares, blurs.products]) blur.begin(width);
      return { plan, blurs, length, scratch: this.#scratch };
    });
  }
}
