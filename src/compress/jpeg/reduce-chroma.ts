/** Colour at half the resolution, from 4:4:4 to 4:2:0, without leaving the coefficient domain. */
import { joinLine, LOW } from './chroma-filter.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { EntryList } from './entry-list.ts';
import { Memory } from './memory.ts';

/** Whether every component is stored at full resolution, so that there is something to reduce. */
export const hasFullChroma = ({ planes }: Coefficients): boolean =>
  planes.length === 3 && planes.every(({ h, v }) => h === planes[0]?.h && v === planes[0]?.v);

/**
 * Halves the resolution of the second and third plane in both directions. Each new block is a linear function of the
 * four blocks in its place (S.-F. Chang, D. G. Messerschmitt, "Manipulation and compositing of MC-DCT compressed video",
 * 1995): what decoding, filtering and transforming again would give, but for rounding to half of the source's steps.
 * @param coefficients with {@link hasFullChroma}
 */
export const reduceChroma = (coefficients: Coefficients, memory: Memory = new Memory()): Coefficients => {
  const { width, height, planes, entries } = coefficients;
  const [luma, ...chroma] = planes;
  if (luma === undefined) return coefficients;
  const columns = Math.ceil(width / 16);
  const rows = Math.ceil(height / 16);
  const list = new EntryList(2 * entries.length, memory, 'reduced entries');
  list.reserve(0, entries.length).set(entries);
  list.length = entries.length;
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
    reducePlane(plane, entries, target, list);
    return target;
  });
  return {
    width,
    height,
    planes: [padLuma(luma, columns, rows, memory), ...reduced],
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

/** Zigzag index to row × 8 + column (T.81, figure 5). */
const PLACES = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);
/** Bits of a place that are set when its row or column is {@link LOW} or more. */
const HIGH = (LOW << 3) | LOW;

/** What all rows of a plane share. */
interface Reduction {
  readonly plane: Plane;
  readonly entries: Int32Array;
  readonly target: Plane;
  readonly list: EntryList;
  /** 1 / step of the target, in zigzag order. */
  readonly inverse: Float64Array;
  /** First the low coefficients of the four blocks, then the new block: dequantised, row × 8 + column. */
  readonly values: Float64Array;
}

const reducePlane = (plane: Plane, entries: Int32Array, target: Plane, list: EntryList): void => {
  const reduction: Reduction = {
    plane,
    entries,
    target,
    list,
    inverse: Float64Array.from(target.steps, (step) => 1 / step),
    values: new Float64Array(64),
  };
  for (let row = 0; row < target.lines; row += 1) reduceRow(reduction, row);
};

/** A function of its own, so that it is called often enough to be compiled well. */
const reduceRow = (reduction: Reduction, row: number): void => {
  const { plane, entries, target, list, values } = reduction;
  const { dc, starts, counts, steps, stride, blocksWide, blocksHigh } = plane;
  const dcStep = steps[0] ?? 1;
  const made = list.reserve(list.length, 63 * target.stride);
  for (let column = 0; column < target.stride; column += 1) {
    values.fill(0);
    // Bit n: column n of the values is not all 0. DC always counts.
    let columns = (1 << LOW) | 1;
    for (let block = 0; block < 4; block += 1) {
      // Beyond the edge the last block counts again.
      const line = Math.min(2 * row + (block >> 1), blocksHigh - 1);
      const at = line * stride + Math.min(2 * column + (block & 1), blocksWide - 1);
      const corner = (block >> 1) * 8 * LOW + (block & 1) * LOW;
      values[corner] = (dc[at] ?? 0) * dcStep;
      const start = starts[at] ?? 0;
      const end = start + (counts[at] ?? 0);
      for (let i = start; i < end; i += 1) {
        const entry = entries[i] ?? 0;
        const place = PLACES[entry & 63] ?? 0;
        if ((place & HIGH) !== 0) continue;
        values[corner + place] = (entry >> 6) * (steps[entry & 63] ?? 1);
        columns |= 1 << ((corner + place) & 7);
      }
    }
    for (let x = 0; x < 8; x += 1) if ((columns & (1 << x)) !== 0) joinLine(values, x, 8);
    for (let y = 0; y < 64; y += 8) joinLine(values, y, 1);
    putBlock(reduction, row * target.stride + column, made);
  }
};

/** More than any coefficient of the new block: four of the greatest (T.81 F.1.2.2.1 with steps of 1) are 16,384. */
const LIFT = 1 << 16;
const HALF_UP = LIFT + 0.5;

/** Rounds and stores the new block. */
const putBlock = ({ target, list, values, inverse }: Reduction, at: number, made: Int32Array): void => {
  target.dc[at] = Math.round((values[0] ?? 0) * (inverse[0] ?? 1));
  let { length } = list;
  target.starts[at] = length;
  for (let k = 1; k < 64; k += 1) {
    const exact = (values[PLACES[k] ?? 0] ?? 0) * (inverse[k] ?? 1);
    if (exact >= -0.5 && exact < 0.5) continue;
    // Rounds; cutting off is faster than Math.round, and rounds down what is positive.
    made[length] = (((exact + HALF_UP) | 0) - LIFT) * 64 + k;
    length += 1;
  }
  target.counts[at] = length - list.length;
  list.length = length;
};
