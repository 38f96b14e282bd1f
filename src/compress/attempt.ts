import type { CompressedImage } from './compressed-image.ts';
import type { ImageFacts } from './inspect-image.ts';
import type { Treatment } from './sharp.ts';

/** One picture to be made to fit a number of bytes. */
export interface Job {
  readonly source: Buffer;
  readonly facts: ImageFacts;
  readonly treatment: Treatment;
  /** Bytes the result may have. */
  readonly budget: number;
}

/** What an encoder came up with, before it is weighed against simply keeping the source. */
export interface Attempt {
  readonly bytes: Buffer;
  readonly quality: number | null;
  readonly encodes: number;
  readonly outcome: Exclude<CompressedImage['outcome'], 'kept_original'>;
}

/** Pixels of all frames of the result. */
export const outputPixels = ({ facts, treatment }: Job): number => treatment.width * treatment.height * facts.frames;
