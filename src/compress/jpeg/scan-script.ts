/** Which scans a progressive file consists of (ITU-T T.81, G.1.1). */
import type { Coefficients } from './coefficients.ts';
import type { Band } from './write-segments.ts';

/** One scan, of a single plane. */
export interface ScriptedScan {
  readonly plane: number;
  readonly band: Band;
}

/** Luma's AC coefficients are sent in two bands, up to this one and above it. */
export const LUMA_CUT = 2;

const scan = (plane: number, first: number, last: number): ScriptedScan => ({
  plane,
  band: { first, last, high: 0, low: 0 },
});

/**
 * DC, luma in two bands, chroma; no successive approximation. Measured on the coefficients of 46 photographs requantised
 * to quality 75 and 50 by `Requantiser`, this is 3.8 and 5.7 % smaller than a baseline file. Leaving luma's last bit for a
 * scan of its own gave 4.3 and 5.1 % and took twice the time; other places to cut the bands, or none, gave 2.9 to 4 %.
 * DC scans of one plane each save 0.2 % over an interleaved one: they have tables of their own, and luma goes line by
 * line.
 */
export const progressiveScript = ({ planes }: Coefficients): readonly ScriptedScan[] => {
  const all = planes.map((_, plane) => plane);
  return [
    ...all.map((plane) => scan(plane, 0, 0)),
    scan(0, 1, LUMA_CUT),
    ...all.slice(1).map((plane) => scan(plane, 1, 63)),
    scan(0, LUMA_CUT + 1, 63),
  ];
};
