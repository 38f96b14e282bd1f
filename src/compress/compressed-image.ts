import type { ImageFormat } from '../core/options.ts';
import type { Outcome } from '../core/states.ts';

/** A finished picture and the facts of its receipt (design 3). */
export interface CompressedImage {
  readonly bytes: Buffer;
  readonly format: ImageFormat;
  /** Pixels, after orientation is baked in and limits are applied. */
  readonly width: number;
  readonly height: number;
  /** Encoder quality on the encoder's own scale; null where there is none (lossless, original kept). */
  readonly quality: number | null;
  /** SSIMULACRA 2.1 against the source (100 is the same picture), or null where none was measured. */
  readonly score: number | null;
  /** How many times the picture was encoded until this result stood. */
  readonly encodes: number;
  /** Which engine made it, for example `sharp`; `none` when the original was kept. */
  readonly engine: string;
  readonly outcome: Exclude<Outcome, 'failed'>;
  /** Sentences about what a user would not expect (bits or frames that could not be kept); null when there is nothing. */
  readonly note: string | null;
}
