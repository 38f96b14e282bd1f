/** Coefficients under new quantisation steps: where the bytes of a picture are saved, and its quality lost. */
import { tableClass } from './block-statistics.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { Memory } from './memory.ts';
import { stepsAt } from './quantisation-tables.ts';
import type { SymbolRates } from './symbol-rates.ts';

export interface Requantisation {
  /** See `stepsAt`. */
  readonly scale: number;
  /** Squared steps that a bit is worth, above 0. */
  readonly lambda: number;
  /** Costs of symbols, luma and chroma. */
  readonly rates: readonly [SymbolRates, SymbolRates];
}

/** A plane of the source, and where what is made of it will be. */
interface Work {
  readonly plane: Plane;
  /** Addresses of its arrays. */
  readonly dc: number;
  readonly starts: number;
  readonly counts: number;
  readonly made: Pick<Plane, 'dc' | 'starts' | 'counts'>;
}

/**
 * Requantises one picture, as often as a search needs it. Results share their memory: each is valid until the next call.
 */
export class Requantiser {
  readonly #source: Coefficients;
  readonly #memory: Memory;
  readonly #use: string;
  readonly #entries: number;
  readonly #made: Int32Array;
  readonly #work: readonly Work[];

  /** @param use keeps apart those that share a memory */
  constructor(source: Coefficients, memory: Memory = new Memory(), use = 'requantised') {
    this.#source = source;
    this.#memory = memory;
    this.#use = use;
    this.#entries = memory.addressOf(source.entries, `${use} source`);
    this.#work = source.planes.map((plane, at) => ({
      plane,
      dc: memory.addressOf(plane.dc, `${use} source dc ${at}`),
      starts: memory.addressOf(plane.starts, `${use} source starts ${at}`),
      counts: memory.addressOf(plane.counts, `${use} source counts ${at}`),
      made: {
        dc: memory.int16(`${use} dc ${at}`, plane.dc.length),
        starts: memory.uint32(`${use} starts ${at}`, plane.dc.length),
        counts: memory.uint8(`${use} counts ${at}`, plane.dc.length),
      },
    }));
    const length = this.#work.reduce(
      (sum, { made, counts }) => sum + memory.kernel.countEntries(made.dc.length, counts),
      0,
    );
    this.#made = memory.int32(`${use} entries`, length);
  }

  run({ scale, lambda, rates }: Requantisation): Coefficients {
    const { kernel } = this.#memory;
    const scratch = this.#memory.bytes('scratch', kernel.REQUANTISE_SCRATCH_BYTES.value);
    let length = 0;
    let before: Steps | null = null;
    const planes = this.#work.map(({ plane, dc, starts, counts, made }, at): Plane => {
      const target: Plane = { ...plane, ...made, steps: stepsAt(scale, plane) };
      const blocks = plane.dc.length;
      kernel.requantiseDc(blocks, dc, (plane.steps[0] ?? 1) / (target.steps[0] ?? 1), made.dc.byteOffset);
      const steps: Steps = { from: plane.steps, to: target.steps };
      // The two planes of colour mostly have the same steps.
      if (before === null || !isEqual(before, steps)) this.#fillTable(steps, lambda);
      before = steps;
      const { coefficients, endOfBlock } = rates[tableClass(at)];
      length = kernel.requantise(
        blocks,
        starts,
        counts,
        this.#entries,
        this.#memory.bytes('table', kernel.VALUE_TABLE_BYTES.value),
        scratch,
        this.#memory.addressOf(coefficients, `${this.#use} rates`),
        endOfBlock,
        made.starts.byteOffset,
        made.counts.byteOffset,
        this.#made.byteOffset,
        length,
      );
      return target;
    });
    const { width, height } = this.#source;
    return { width, height, planes, entries: this.#made.subarray(0, length) };
  }

  #fillTable({ from, to }: Steps, lambda: number): void {
    const memory = this.#memory;
    const table = memory.bytes('table', memory.kernel.VALUE_TABLE_BYTES.value);
    memory.kernel.fillTable(table, memory.addressOf(from, 'from'), memory.addressOf(to, 'to'), lambda);
  }
}

/** Old and new steps of a plane. */
interface Steps {
  readonly from: Uint16Array;
  readonly to: Uint16Array;
}

const isEqual = (a: Steps, b: Steps): boolean =>
  a.from.every((step, k) => step === b.from[k]) && a.to.every((step, k) => step === b.to[k]);
