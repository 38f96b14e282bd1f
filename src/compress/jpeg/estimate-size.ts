/** What a picture will weigh, learned from a part of it. */
import { countSymbols, emptyHistograms } from './block-statistics.ts';
import type { Coefficients } from './coefficients.ts';
import { Memory } from './memory.ts';
import { Requantiser } from './requantise.ts';
import { ratesOf, type SymbolRates, typicalRates } from './symbol-rates.ts';
import { takeTiles, weightOf } from './take-tiles.ts';
import { planProgressive } from './write-progressive.ts';

/** Squared steps that a bit is worth (docs/decisions/018). Theory has 0.12 for a uniform quantiser at high rates. */
export const LAMBDA = 0.07;

/**
 * Blocks of samples: the rough one finds the scale within 3–4 %, the fine one within 1–1.5 %. With these the search takes
 * least time: larger ones cost more than the passes over the whole they save (docs/decisions/020).
 */
export const ROUGH = 1_200;
export const FINE = 7_000;

/** Requantises a sample of a picture, and learns what its symbols cost. */
export class Estimate {
  readonly #sample: Coefficients;
  readonly #memory: Memory;
  readonly #requantiser: Requantiser;
  #rates: readonly [SymbolRates, SymbolRates];

  /** @param rates to begin with */
  constructor(
    picture: Coefficients,
    blocks: number,
    memory: Memory = new Memory(),
    rates: readonly [SymbolRates, SymbolRates] = typicalRates(),
  ) {
    this.#memory = memory;
    this.#sample = takeTiles(picture, blocks);
    this.#requantiser = new Requantiser(this.#sample, memory, 'sample');
    this.#rates = rates;
  }

  /** Costs of the symbols at the scale last asked for. */
  get rates(): readonly [SymbolRates, SymbolRates] {
    return this.#rates;
  }

  /**
   * How many bytes a progressive file of the whole has without profile and stuffing, at any scale. Choices are made by
   * the costs known before.
   * @param weight of the whole, see `weightOf`
   */
  sizer(weight: number): (scale: number) => number {
    const share = weight / weightOf(this.#sample, this.#memory);
    return (scale) => {
      const { bytes, scans } = planProgressive(this.learn(scale), null, this.#memory);
      const data = scans.reduce((sum, scan) => sum + scan.bytes, 0);
      return bytes - data + data * share;
    };
  }

  /** Brings the costs to a scale: choices follow costs, and costs choices. */
  learn(scale: number): Coefficients {
    const made = this.#requantiser.run({ scale, lambda: LAMBDA, rates: this.#rates });
    const histograms = emptyHistograms();
    countSymbols(made, histograms, this.#memory);
    this.#rates = ratesOf(histograms);
    return made;
  }
}
