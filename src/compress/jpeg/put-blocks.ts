/** The hot loop of writing a baseline scan: blocks become bits (ITU-T T.81, F.1.2). */
import { type BitSink, putWord, reserve } from './bit-sink.ts';
import { END_OF_BLOCK, SIXTEEN_ZEROS } from './block-statistics.ts';
import type { Plane } from './coefficients.ts';
import { packCodes } from './huffman-codes.ts';

/** Bytes: a block takes at most 64 codes with their values, 27 bits each, and each byte can need a zero after it. */
export const LARGEST_BLOCK = 64 * 4 * 2;

/** Values −16 … 15 with a run before them are looked up at once; others are rare. */
const SMALL = 16;

/** A plane with the codes its blocks are written in. */
export interface CodedPlane {
  readonly plane: Plane;
  readonly entries: Int32Array;
  readonly dcCodes: Int32Array;
  readonly acCodes: Int32Array;
  /** Code and value by `(value + SMALL) << 6 | run`, packed as the codes are. */
  readonly pairs: Int32Array;
  /** DC coefficient of the block before. */
  before: number;
}

export const codedPlane = (
  plane: Plane,
  entries: Int32Array,
  dcLengths: Uint8Array,
  acLengths: Uint8Array,
): CodedPlane => {
  const acCodes = packCodes(acLengths, 15);
  const pairs = new Int32Array((2 * SMALL) << 6);
  for (let value = -SMALL; value < SMALL; value += 1) {
    for (let run = 0; run < 16; run += 1) pairs[((value + SMALL) << 6) + run] = packValue(acCodes, run, value);
  }
  return { plane, entries, dcCodes: packCodes(dcLengths, 255), acCodes, pairs, before: 0 };
};

/** A code and the bits of the value after it (T.81 F.1.2.1.1), packed as {@link packCodes} does. */
const packValue = (codes: Int32Array, run: number, value: number): number => {
  const size = 32 - Math.clz32(Math.abs(value));
  const bits = (value + (value >> 31)) & ((1 << size) - 1);
  return (codes[(run << 4) | size] ?? 0) | (bits << 5);
};

/**
 * Writes `columns` MCUs, of which `units` names the blocks of the first: part, position, distance to the next MCU's.
 * One function with one place that writes, because the state of the bit buffer has to stay in registers; finding the
 * codes of a row first and writing them in a second loop took 15 % longer.
 */
export const putMcuRow = (sink: BitSink, parts: readonly CodedPlane[], units: Int32Array, columns: number): void => {
  let { word, free } = sink;
  for (let column = 0; column < columns; column += 1) {
    for (let unit = 0; unit < units.length; unit += 3) {
      reserve(sink, LARGEST_BLOCK);
      const part = parts[units[unit] ?? 0];
      if (part === undefined) return;
      const { plane, entries, acCodes, pairs } = part;
      const block = (units[unit + 1] ?? 0) + column * (units[unit + 2] ?? 0);
      const dc = plane.dc[block] ?? 0;
      let packed = packValue(part.dcCodes, 0, dc - part.before);
      part.before = dc;
      const { view } = sink;
      let at = sink.at;
      let i = plane.starts[block] ?? 0;
      const stop = i + (plane.counts[block] ?? 0);
      for (let next = 1; ; ) {
        // Each turn writes what the turn before has found.
        const bits = packed >>> 5;
        free -= packed & 31;
        if (free >= 0) {
          word |= bits << free;
        } else {
          at = putWord(view, at, word | (bits >>> -free));
          free += 32;
          word = bits << free;
        }
        if (i < stop) {
          const entry = entries[i] ?? 0;
          const run = (entry & 63) - next;
          if (run < 16) {
            const pair = entry - next + (SMALL << 6);
            packed = pair >>> 0 < pairs.length ? (pairs[pair] ?? 0) : packValue(acCodes, run, entry >> 6);
            next = (entry & 63) + 1;
            i += 1;
          } else {
            packed = acCodes[SIXTEEN_ZEROS] ?? 0;
            next += 16;
          }
        } else if (next < 64) {
          packed = acCodes[END_OF_BLOCK] ?? 0;
          next = 64;
        } else break;
      }
      sink.at = at;
    }
  }
  sink.word = word;
  sink.free = free;
};
