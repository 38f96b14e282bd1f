/** In which order a scan goes through the blocks of a plane (ITU-T T.81, A.2). */
import type { Plane } from './coefficients.ts';

/** T.81 B.2.3: an MCU of several components has at most so many blocks. */
const MOST_BLOCKS_IN_MCU = 10;

/** How one plane takes part in a scan. */
export interface ScanLayout {
  /** Position of the plane in the picture. */
  readonly plane: number;
  /** Blocks of the plane in one MCU: across and down. */
  readonly across: number;
  readonly down: number;
  /** Blocks in a line that take part, and the distance from one line to the next. */
  readonly perLine: number;
  readonly stride: number;
  /** Lines that take part. */
  readonly lines: number;
}

/** A plane alone: only blocks that hold pixels, line by line (T.81 A.2.2). */
const layoutAlone = ({ blocksWide, blocksHigh, stride }: Plane, plane: number): ScanLayout => ({
  plane,
  across: 1,
  down: 1,
  perLine: blocksWide,
  stride,
  lines: blocksHigh,
});

/** A plane among others: all blocks, MCU by MCU (T.81 A.2.3). */
const layoutAmongOthers = ({ h, v, stride, lines }: Plane, plane: number): ScanLayout => ({
  plane,
  across: h,
  down: v,
  perLine: stride,
  stride,
  lines,
});

/** The scans that hold all planes: one interleaved scan, or one for each plane when an MCU would get too large. */
export const layoutsTogether = (planes: readonly Plane[]): readonly (readonly ScanLayout[])[] => {
  const blocks = planes.reduce((sum, { h, v }) => sum + h * v, 0);
  if (planes.length > 1 && blocks <= MOST_BLOCKS_IN_MCU) return [planes.map(layoutAmongOthers)];
  return planes.map((plane, index) => [layoutAlone(plane, index)]);
};
