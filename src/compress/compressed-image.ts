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
  /** Perceptual score against the source, or null where none was measured. */
  readonly score: number | null;
  /** How many times the picture was encoded until this result stood. */
  readonly encodes: number;
  /** Which engine made it, for example `sharp`; `none` when the original was kept. */
  readonly engine: string;
  readonly outcome: Exclude<Outcome, 'failed'>;
}
