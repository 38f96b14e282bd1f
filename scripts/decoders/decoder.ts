/** A program that is asked what it makes of a file. */

/** A file and the size it should have. */
export interface Proof {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Decoder {
  readonly name: string;
  /** Decodes each to its last pixel: `width height` when nothing was wrong, a complaint otherwise. */
  ask(proofs: readonly Proof[]): Promise<string[]>;
  close(): Promise<void>;
}

/** A decoder, or why it is not there. */
export interface Opened {
  readonly name: string;
  readonly decoder: Decoder | null;
  readonly missing: string;
}

export const opened = (decoder: Decoder): Opened => ({ name: decoder.name, decoder, missing: '' });
export const missing = (name: string, why: string): Opened => ({ name, decoder: null, missing: why });
