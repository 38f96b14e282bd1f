/** Colour at half the resolution, from 4:4:4 to 4:2:0, without leaving the coefficient domain. */
import { GAINS, LARGEST_GAIN } from './chroma-filter.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { EntryList } from './entry-list.ts';
import { unsupported } from './jpeg-fault.ts';
import { Memory } from './memory.ts';

/** Whether every component is stored at full resolution, so that there is something to reduce. */
export const hasFullChroma = ({ planes }: Coefficients): boolean =>
  planes.length === 3 && planes.every(({ h, v }) => h === planes[0]?.h && v === planes[0]?.v);

/**
 * Halves the resolution of the second and third plane in both directions. Each new block is a linear function of the
 * four blocks in its place (S.-F. Chang, D. G. Messerschmitt, "Manipulation and compositing of MC-DCT compressed video",
 * 1995): what decoding, filtering and transforming again would give, but for rounding to half of the source's steps.
 * @param coefficients with {@link hasFullChroma}
 * @throws JpegFault `unsupported` when steps so different stand side by side that a value does not fit any more
 */
export const reduceChroma = (coefficients: Coefficients, memory: Memory = new Memory()): Coefficients => {
  const { width, height, planes, entries } = coefficients;
  const [luma, ...chroma] = planes;
  if (luma === undefined) return coefficients;
  const columns = Math.ceil(width / 16);
  const rows = Math.ceil(height / 16);
  // Before the list, as the kernel reads a little beyond its end.
  const from = memory.addressOf(entries, 'full entries');
  const list = new EntryList(entries.length, memory, 'reduced entries');
  const padded = padLuma(luma, columns, rows, memory);
  keepEntries(padded, from, list, memory);
  const reduced = chroma.map((plane, at): Plane => {
    const blocks = rows * columns;
    const target: Plane = {
      ...plane,
      h: 1,
      v: 1,
      blocksWide: Math.ceil(width / 2 / 8),
      blocksHigh: Math.ceil(height / 2 / 8),
      stride: columns,
      lines: rows,
      steps: plane.steps.map((step) => Math.max(1, step >> 1)),
      dc: memory.int16(`reduced dc ${at}`, blocks),
      starts: memory.uint32(`reduced starts ${at}`, blocks),
      counts: memory.uint8(`reduced counts ${at}`, blocks),
    };
    reducePlane(plane, from, target, list, memory);
    return target;
  });
  return {
    width,
    height,
    planes: [padded, ...reduced],
    entries: list.entries.subarray(0, list.length),
  };
};

/** The first plane with an even number of blocks in each direction, as MCUs of 2 × 2 need it. */
const padLuma = (plane: Plane, columns: number, rows: number, memory: Memory): Plane => {
  const stride = 2 * columns;
  const lines = 2 * rows;
  const dc = memory.int16('padded dc', stride * lines);
  const starts = memory.uint32('padded starts', stride * lines).fill(0);
  const counts = memory.uint8('padded counts', stride * lines).fill(0);
  const { blocksWide, blocksHigh } = plane;
  for (let line = 0; line < lines; line += 1) {
    const from = Math.min(line, blocksHigh - 1) * plane.stride;
    const to = line * stride;
    dc.set(plane.dc.subarray(from, from + blocksWide), to);
    // Padding costs least with the brightness of its neighbour.
    dc.fill(dc[to + blocksWide - 1] ?? 0, to + blocksWide, to + stride);
    if (line >= blocksHigh) continue;
    starts.set(plane.starts.subarray(from, from + blocksWide), to);
    counts.set(plane.counts.subarray(from, from + blocksWide), to);
  }
  return { ...plane, h: 2, v: 2, stride, lines, dc, starts, counts };
};

/** Takes over the entries of a plane, without those of other planes between them. */
const keepEntries = ({ starts, counts }: Plane, entries: number, list: EntryList, memory: Memory): void => {
  const { kernel } = memory;
  const count = kernel.countEntries(counts.length, counts.byteOffset);
  // Four are copied at once.
  const made = list.reserve(0, count + 3);
  list.length = kernel.keepEntries(starts.length, starts.byteOffset, counts.byteOffset, entries, made.byteOffset, 0);
};

/** Zigzag index to row × 8 + column (T.81, figure 5). */
const PLACES = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

const reducePlane = (plane: Plane, entries: number, target: Plane, list: EntryList, memory: Memory): void => {
  const { kernel } = memory;
  const { stride, blocksWide, blocksHigh } = plane;
  const scratch = memory.bytes('chroma scratch', kernel.CHROMA_SCRATCH_BYTES.value);
  const dc = memory.addressOf(plane.dc, 'full dc');
  const starts = memory.addressOf(plane.starts, 'full starts');
  const counts = memory.addressOf(plane.counts, 'full counts');
  const steps = memory.addressOf(plane.steps, 'full steps');
  const gains = memory.addressOf(GAINS, 'chroma gains');
  const newSteps = memory.addressOf(target.steps, 'reduced steps');
  kernel.prepareReduction(scratch, memory.addressOf(PLACES, 'places'), newSteps, LARGEST_GAIN);
  for (let row = 0; row < target.lines; row += 1) {
    // One more is written than there are.
    const made = list.reserve(list.length, 63 * target.stride + 1);
    const first = row * target.stride;
    const end = kernel.reduceLine(
      scratch,
      dc,
      starts,
      counts,
      entries,
      // Beyond the edge the last line counts again.
      Math.min(2 * row, blocksHigh - 1) * stride,
      Math.min(2 * row + 1, blocksHigh - 1) * stride,
      blocksWide,
      steps,
      gains,
      target.stride,
      target.dc.byteOffset + 2 * first,
      target.starts.byteOffset + 4 * first,
      target.counts.byteOffset + first,
      made.byteOffset,
      list.length,
    );
    if (end < 0) throw unsupported('a coefficient is greater than 8-bit pictures have');
    list.length = end;
  }
};
