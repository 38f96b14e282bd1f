import { BAND_ROWS } from './bands.ts';
import { blurAcross, blurDown } from './gaussian.ts';

/** Blurs a plane band by band: a band is ready when the one below it has gone in. */
export interface BandBlur {
  /** Values of a band of the plane. */
  readonly length: number;
  /** The band before the last one taken. */
  readonly result: Float32Array;
  /** Begins a plane of `width`, with nothing above it. */
  begin(width: number): void;
  /** Takes the next band, or null below the last. */
  push(band: Float32Array | null): void;
}

/** The blur as it is meant. */
export class ExactBlur implements BandBlur {
  length = 0;
  readonly result: Float32Array;
  readonly #across: readonly [Float32Array, Float32Array, Float32Array];
  #above = 0;

  /** @param width the widest plane there will be */
  constructor(width: number) {
    const band = () => new Float32Array(width * BAND_ROWS);
    this.result = band();
    this.#across = [band(), band(), band()];
  }

  begin(width: number): void {
    this.length = width * BAND_ROWS;
    for (const band of this.#across) band.fill(0, 0, this.length);
  }

  push(band: Float32Array | null): void {
    this.#above = (this.#above + 1) % 3;
    const below = this.#slot(2);
    if (band === null) below.fill(0, 0, this.length);
    else blurAcross(band, below, this.length);
    blurDown(this.#slot(0), this.#slot(1), below, this.result, this.length);
  }

  #slot(down: 0 | 1 | 2): Float32Array {
    return this.#across[((this.#above + down) % 3) as 0 | 1 | 2];
  }
}
