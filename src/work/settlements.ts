/** What stands in the row of a settled image. */
import type { Settlement } from '../db/settle-images.ts';
import type { ImageFailure, ImageSuccess } from './press-messages.ts';

/** What an outside processor says became of one image; facts it does not name are null. */
export type OutsideResult = OutsideSuccess | OutsideFailure;

export interface OutsideSuccess {
  readonly ok: true;
  /** Where it stored the image. */
  readonly outputUrl: string;
  /** Only what the bytes prove: `met`, or null. */
  readonly outcome: 'met' | null;
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly quality: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

export interface OutsideFailure {
  readonly ok: false;
  /** The processor's own words: one printable line of at most 300 characters. */
  readonly message: string;
}

/** Facts nobody knows. */
const UNKNOWN = {
  outcome: null,
  code: null,
  message: null,
  file: null,
  output_url: null,
  sha256: null,
  format: null,
  width: null,
  height: null,
  bytes_in: null,
  bytes_out: null,
  quality: null,
  score: null,
  encodes: null,
  engine: null,
} satisfies Partial<Settlement>;

/** @param tries those before this one */
export const successRow = (result: ImageSuccess, tries: number): Settlement => ({
  ...UNKNOWN,
  state: 'COMPLETED',
  outcome: result.outcome,
  message: result.note,
  file: result.file,
  sha256: result.sha256,
  format: result.format,
  width: result.width,
  height: result.height,
  bytes_in: result.bytesIn,
  bytes_out: result.bytesOut,
  quality: result.quality,
  score: result.score,
  encodes: result.encodes,
  engine: result.engine,
  tries: tries + 1,
});

export const failureRow = (result: ImageFailure, tries: number): Settlement => ({
  ...UNKNOWN,
  state: 'FAILED',
  outcome: 'failed',
  code: result.code,
  message: result.message,
  bytes_in: result.bytesIn,
  tries: tries + 1,
});

export const outsideRow = (result: OutsideResult, tries: number): Settlement => {
  if (!result.ok) {
    const { message } = result;
    return { ...UNKNOWN, state: 'FAILED', outcome: 'failed', code: 'processor_failed', message, tries: tries + 1 };
  }
  return {
    ...UNKNOWN,
    state: 'COMPLETED',
    outcome: result.outcome,
    output_url: result.outputUrl,
    format: result.format,
    width: result.width,
    height: result.height,
    bytes_in: result.bytesIn,
    bytes_out: result.bytesOut,
    quality: result.quality,
    engine: 'outside',
    tries: tries + 1,
  };
};
