import type { ImageFormat } from '../core/options.ts';

/** An image that got its end, with those that have the same address. */
export interface SettledImages {
  readonly images: number;
  /** Null when an outside processor did not say. */
  readonly outcome: string | null;
  /** Why they failed, or null. */
  readonly code: string | null;
  /** Bytes of all of them together, as the counts of their request have them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What it took this machine to do the one; null for failures and for what an outside processor did. */
  readonly work: { readonly format: ImageFormat; readonly downloadMs: number; readonly compressMs: number } | null;
}

/** What the parts of Halve tell of their work. Whoever tells does it after the commit: what is counted has happened. */
export interface Meter {
  settled(images: SettledImages): void;
  /** An attempt at a webhook or an e-mail came to an end. */
  delivered(kind: 'webhook' | 'email', ok: boolean): void;
  pressStarted(): void;
  /** A press is gone; `died` unless Halve ended it itself. */
  pressEnded(died: boolean): void;
}

const nothing = (): void => {};

/** For runs that nobody watches. */
export const NO_METER: Meter = {
  settled: nothing,
  delivered: nothing,
  pressStarted: nothing,
  pressEnded: nothing,
};
