import type { Coefficients, Plane } from './coefficients.ts';
import { Memory } from './memory.ts';

/** MCUs side by side that are taken together: what a block costs depends on the one before it. */
const TILE = 4;
/** Multiples of the golden ratio fall everywhere between two integers, evenly, whatever the width of the picture. */
const GOLDEN = 0.618_033_988_749_895;

/** Tiles from all over a picture, as rows of a smaller one. */
interface Selection {
  /** MCUs in a tile. */
  readonly size: number;
  /** Tiles in a row of the sample, and rows. */
  readonly across: number;
  readonly down: number;
  /** Of each tile its first column and its row of MCUs in the whole. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/**
 * Part of a picture that behaves like a picture: tiles from all over it, about `blocks` blocks; the whole when it has few
 * more.
 */
export const takeTiles = (whole: Coefficients, blocks: number): Coefficients => {
  const all = whole.planes.reduce((sum, { dc }) => sum + dc.length, 0);
  const step = Math.floor(all / blocks);
  const selection = step < 2 ? null : selectTiles(whole, step);
  if (selection === null) return whole;
  const width = selection.across * selection.size * mcuSide(whole, 'h');
  const height = selection.down * mcuSide(whole, 'v');
  return { width, height, planes: whole.planes.map((plane) => takePlane(plane, selection)), entries: whole.entries };
};

const mcuSide = ({ planes }: Coefficients, direction: 'h' | 'v'): number =>
  8 * Math.max(...planes.map((plane) => plane[direction]));

/** One MCU of `step`, in tiles. Null for a picture without any. */
const selectTiles = ({ planes }: Coefficients, step: number): Selection | null => {
  const [first] = planes;
  if (first === undefined) return null;
  const mcuColumns = Math.floor(first.stride / first.h);
  const mcuRows = Math.floor(first.lines / first.v);
  const size = Math.min(TILE, mcuColumns);
  const period = size * step;
  const columns: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < mcuRows; row += 1) {
    for (let column = Math.floor(((row * GOLDEN) % 1) * period); column < mcuColumns; column += period) {
      columns.push(Math.min(column, mcuColumns - size));
      rows.push(row);
    }
  }
  const across = Math.floor(Math.sqrt(columns.length));
  return across === 0 ? null : { size, across, down: Math.floor(columns.length / across), columns, rows };
};

const takePlane = (plane: Plane, { size, across, down, columns, rows }: Selection): Plane => {
  const { h, v } = plane;
  const length = size * h;
  const stride = across * length;
  const lines = down * v;
  const dc = new Int16Array(stride * lines);
  const starts = new Uint32Array(stride * lines);
  const counts = new Uint8Array(stride * lines);
  let before = 0;
  for (let line = 0; line < lines; line += 1) {
    for (let column = 0; column < across; column += 1) {
      const tile = Math.floor(line / v) * across + column;
      const from = ((rows[tile] ?? 0) * v + (line % v)) * plane.stride + (columns[tile] ?? 0) * h;
      const to = line * stride + column * length;
      const shift = shiftFor(plane.dc, from, length, before);
      for (let i = 0; i < length; i += 1) {
        before = (plane.dc[from + i] ?? 0) + shift;
        dc[to + i] = before;
        starts[to + i] = plane.starts[from + i] ?? 0;
        counts[to + i] = plane.counts[from + i] ?? 0;
      }
    }
  }
  return { ...plane, stride, lines, blocksWide: stride, blocksHigh: lines, dc, starts, counts };
};

/** Values of a DC coefficient (T.81 A.3.3), −1024 … 1023; so no difference is too great for a file. */
const DC_LIMIT = 1_024;

/**
 * Differences are what is coded: the first one of a tile shall be what it was in its place. None when the values would
 * go beyond what they can be.
 */
const shiftFor = (dc: Int16Array, from: number, length: number, before: number): number => {
  const shift = before - (dc[from - 1] ?? 0);
  for (let i = from; i < from + length; i += 1) {
    const value = (dc[i] ?? 0) + shift;
    if (value < -DC_LIMIT || value >= DC_LIMIT) return 0;
  }
  return shift;
};

/**
 * How heavy a picture is, to be compared with a part of it: a block counts 1, a coefficient 1 or, from magnitude 2 on, 5
 * and, from 3 on, 7: roughly what they will take when the file is about to be halved.
 */
export const weightOf = ({ planes, entries }: Coefficients, memory: Memory = new Memory()): number => {
  const { kernel } = memory;
  const from = memory.addressOf(entries, 'weighed entries');
  const parts = planes.map((plane, at) => ({
    blocks: plane.counts.length,
    starts: memory.addressOf(plane.starts, `weighed starts ${at}`),
    counts: memory.addressOf(plane.counts, `weighed counts ${at}`),
  }));
  const blocks = parts.reduce((sum, part) => sum + part.blocks, 0);
  // All entries at once, when each of them belongs to a block: that is faster.
  const used = parts.reduce((sum, part) => sum + kernel.countEntries(part.blocks, part.counts), 0);
  if (used === entries.length) return blocks + kernel.weighEntries(used, from);
  const weigh = ({ blocks: count, starts, counts }: (typeof parts)[number]): number =>
    kernel.weighBlocks(count, starts, counts, from);
  return parts.reduce((sum, part) => sum + weigh(part), blocks);
};
