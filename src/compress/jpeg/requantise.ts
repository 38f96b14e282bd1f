/** Coefficients under new quantisation steps: where the bytes of a picture are saved, and its quality lost. */
import { tableClass } from './block-statistics.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { Memory } from './memory.ts';
import { stepsAt } from './quantisation-tables.ts';
import { type Candidates, chooseCandidates, findCandidates, openCandidates } from './requantise-blocks.ts';
import type { SymbolRates } from './symbol-rates.ts';
import { ValueTable } from './value-table.ts';

export interface Requantisation {
  /** See `stepsAt`. */
  readonly scale: number;
  /** Squared steps that a bit is worth, above 0. */
  readonly lambda: number;
  /** Costs of symbols, luma and chroma. */
  readonly rates: readonly [SymbolRates, SymbolRates];
}

/** Blocks looked at together: few enough for the candidates to stay in the processor's first cache. */
const CHUNK = 128;

/**
 * Requantises one picture, as often as a search needs it. Results share their memory: each is valid until the next call.
 */
export class Requantiser {
  readonly #source: Coefficients;
  readonly #entries: Int32Array;
  readonly #candidates: Candidates = openCandidates(CHUNK);
  readonly #planes: readonly Pick<Plane, 'dc' | 'starts' | 'counts'>[];

  /** @param use keeps apart those that share a memory */
  constructor(source: Coefficients, memory: Memory = new Memory(), use = 'requantised') {
    this.#source = source;
    const length = source.planes.reduce((sum, plane) => sum + entriesOf(plane), 0);
    this.#entries = memory.int32(`${use} entries`, length);
    this.#planes = source.planes.map(({ dc }, at) => ({
      dc: memory.int16(`${use} dc ${at}`, dc.length),
      starts: memory.uint32(`${use} starts ${at}`, dc.length),
      counts: memory.uint8(`${use} counts ${at}`, dc.length),
    }));
  }

  run({ scale, lambda, rates }: Requantisation): Coefficients {
    const { width, height, planes, entries } = this.#source;
    let length = 0;
    let table: ValueTable | null = null;
    const made = planes.map((plane, at): Plane => {
      const target: Plane = { ...plane, ...this.#planes[at], steps: stepsAt(scale, plane) };
      requantiseDc(plane, target);
      // The two planes of colour mostly have the same steps.
      if (!table?.isFor(plane.steps, target.steps)) {
        table = new ValueTable(plane.steps, target.steps, lambda, 63 * CHUNK);
      }
      const costs = rates[tableClass(at)];
      for (let first = 0; first < plane.dc.length; first += CHUNK) {
        const stop = Math.min(first + CHUNK, plane.dc.length);
        findCandidates(plane, entries, table, this.#candidates, first, stop);
        length = chooseCandidates(this.#candidates, table, costs, target, this.#entries, length, first, stop);
      }
      return target;
    });
    return { width, height, planes: made, entries: this.#entries.subarray(0, length) };
  }
}

const entriesOf = ({ counts }: Plane): number => {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
};

/** Lifts every DC above 0, where cutting off rounds down; that is faster than Math.round. */
const LIFT = 1 << 16;
const HALF_UP = LIFT + 0.5;

const requantiseDc = ({ dc, steps }: Plane, target: Plane): void => {
  const ratio = (steps[0] ?? 1) / (target.steps[0] ?? 1);
  const made = target.dc;
  for (let block = 0; block < dc.length; block += 1) made[block] = (((dc[block] ?? 0) * ratio + HALF_UP) | 0) - LIFT;
};
