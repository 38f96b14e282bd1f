import type { Logger } from '../core/log.ts';
import type { Settlement } from '../db/settle-images.ts';
import type { Meter, SettledImages } from '../metrics/meter.ts';

/** What became of one image, and of those with the same address. */
export interface SettledNote {
  readonly requestId: string;
  readonly ordinal: number;
  readonly settlement: Settlement;
  readonly images: number;
  readonly work: SettledImages['work'];
}

/** An image that will be tried again. */
export interface AgainNote {
  readonly requestId: string;
  readonly ordinal: number;
  readonly code: string;
  /** Tries that came to an end. */
  readonly tries: number;
  readonly delayMs: number;
}

/**
 * What a transaction does to images, for the metrics and the log. Both hear of it when it stands: what is rolled back and
 * done again has happened once.
 */
export class Journal {
  readonly #told: (() => void)[] = [];
  readonly #log: Logger;
  readonly #meter: Meter;

  constructor(log: Logger, meter: Meter) {
    this.#log = log;
    this.#meter = meter;
  }

  /** To be called in the transaction. */
  settled({ requestId, ordinal, settlement, images, work }: SettledNote): void {
    if (images === 0) return;
    const { outcome, code, tries, bytes_in, bytes_out } = settlement;
    this.#told.push(() => {
      if (code !== null) this.#log.debug({ request_id: requestId, ordinal, code, tries, images }, 'image failed');
      // Like the counts of the request: failures save nothing, and half-known sizes would falsify what was saved.
      const known = code === null && bytes_in !== null && bytes_out !== null;
      const bytes = known ? { bytesIn: images * bytes_in, bytesOut: images * bytes_out } : { bytesIn: 0, bytesOut: 0 };
      this.#meter.settled({ images, outcome, code, ...bytes, work });
    });
  }

  /** To be called in the transaction. */
  again({ requestId, ordinal, code, tries, delayMs }: AgainNote): void {
    const facts = { request_id: requestId, ordinal, code, tries, delay_ms: Math.round(delayMs) };
    this.#told.push(() => this.#log.debug(facts, 'image is tried again'));
  }

  /** To be called after the commit. */
  tell(): void {
    for (const one of this.#told.splice(0)) one();
  }
}
