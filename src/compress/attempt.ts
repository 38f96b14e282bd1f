import type { CompressedImage } from './compressed-image.ts';
import type { ImageFacts } from './inspect-image.ts';
import type { Memory } from './jpeg/memory.ts';
import type { Treatment } from './sharp.ts';

/** One picture to be made to fit a number of bytes. */
export interface Job {
  readonly source: Buffer;
  readonly facts: ImageFacts;
  readonly treatment: Treatment;
  /** Bytes the result may have. */
  readonly budget: number;
  /** So small that nothing may be given up: a loss shows in every pixel, and hardly a byte is saved. */
  readonly isTiny: boolean;
  /** Of the JPEG engine; a picture is done with it before the next one begins, as nothing there waits for anything. */
  readonly memory: Memory;
}

/**
 * What an encoder came up with, before it is weighed against simply keeping the source. `kept_original`: nothing that is
 * worth its loss; `bytes` is not to be used then.
 */
export interface Attempt {
  readonly bytes: Buffer;
  readonly quality: number | null;
  readonly encodes: number;
  readonly outcome: CompressedImage['outcome'];
  /** Left out: none was measured. */
  readonly score?: number;
  /** Left out: sharp. */
  readonly engine?: string;
  /** It has more than 8 bits a channel. Left out: it has 8. */
  readonly isDeep?: boolean;
}

/** Pixels of all frames of the result. */
export const outputPixels = ({ facts, treatment }: Job): number => treatment.width * treatment.height * facts.frames;
