/** Which scans a progressive file consists of (ITU-T T.81, G.1.1). */
import type { Coefficients } from './coefficients.ts';
import type { Band } from './write-segments.ts';

/** One scan, of a single plane. */
export interface ScriptedScan {
  readonly plane: number;
  readonly band: Band;
}

const scan = (plane: number, first: number, last: number, high = 0, low = 0): ScriptedScan => ({
  plane,
  band: { first, last, high, low },
});

/**
 * DC, luma without its last bit in two bands, chroma, then luma's last bit. Measured on the coefficients of 30
 * photographs, requantised to 87, 73 and 50 % of their size, this is 5.4, 4.5 and 4.7 % smaller than a baseline file.
 * At 73 and 50 % libjpeg's script gains 3.6 and 2.5 %, mozjpeg's 4.6 and 4.4 % in a third more time. Taking the best of
 * eight scripts for each photograph would gain another 0.1–0.4 %. DC scans of one plane each save 0.2 % over an
 * interleaved one: they have tables of their own, and luma goes line by line. Leaving the last bit of DC coefficients
 * for later costs 0.5–1.4 %.
 */
export const progressiveScript = ({ planes }: Coefficients): readonly ScriptedScan[] => {
  const all = planes.map((_, plane) => plane);
  return [
    ...all.map((plane) => scan(plane, 0, 0)),
    scan(0, 1, 8, 0, 1),
    ...all.slice(1).map((plane) => scan(plane, 1, 63)),
    scan(0, 9, 63, 0, 1),
    scan(0, 1, 63, 1, 0),
  ];
};
