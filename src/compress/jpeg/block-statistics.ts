/**
 * What a baseline scan of a picture consists of, counted without writing it: which Huffman symbols occur how often
 * (ITU-T T.81, F.1.2). From that its size follows for any Huffman tables.
 */
import type { Coefficients, Plane } from './coefficients.ts';
import { huffmanBits, huffmanLengths } from './huffman-lengths.ts';
import { unsupported } from './jpeg-fault.ts';
import { Memory } from './memory.ts';
import { layoutsTogether, type ScanLayout } from './scan-layout.ts';

/** Symbol for a block without further coefficients, and for 16 zeros (T.81 F.1.2.2). */
export const END_OF_BLOCK = 0x00;
export const SIXTEEN_ZEROS = 0xf0;

/** Greatest sizes of 8-bit pictures (T.81 F.1.2.1.2 and F.1.2.2.1); others are no JPEG that everybody decodes. */
export const LARGEST_DC_SIZE = 11;
export const LARGEST_AC_SIZE = 10;

/**
 * How often each symbol occurs: for DC coefficients the size of the difference, for AC coefficients `run << 4 | size`.
 * Luma (the first plane) is at 0, chroma at 1: each has its own Huffman tables.
 */
export interface SymbolHistograms {
  readonly dc: readonly [Uint32Array, Uint32Array];
  readonly ac: readonly [Uint32Array, Uint32Array];
}

/** Code lengths for the symbols of {@link SymbolHistograms}. */
export interface SymbolLengths {
  readonly dc: readonly [Uint8Array, Uint8Array];
  readonly ac: readonly [Uint8Array, Uint8Array];
}

export const emptyHistograms = (): SymbolHistograms => ({
  dc: [new Uint32Array(256), new Uint32Array(256)],
  ac: [new Uint32Array(256), new Uint32Array(256)],
});

/** Which of the two classes of tables a plane uses. */
export const tableClass = (plane: number): 0 | 1 => (plane === 0 ? 0 : 1);

/**
 * Adds the symbols of a picture.
 * @throws JpegFault `unsupported` when a value is greater than 8-bit pictures have
 */
export const countSymbols = (
  coefficients: Coefficients,
  histograms: SymbolHistograms,
  memory: Memory = new Memory(),
): void => {
  for (const scan of layoutsTogether(coefficients.planes)) countScan(coefficients, scan, histograms, memory);
};

/** As {@link countSymbols}, for one scan of several. */
export const countScan = (
  { planes, entries }: Coefficients,
  scan: readonly ScanLayout[],
  histograms: SymbolHistograms,
  memory: Memory,
): void => {
  for (const layout of scan) {
    const plane = planes[layout.plane];
    if (plane === undefined) continue;
    const at = tableClass(layout.plane);
    countDifferences(plane, layout, histograms.dc[at]);
    countRuns(plane, entries, layout, histograms.ac[at], memory);
  }
  for (const at of [0, 1] as const) requireSizes(histograms, at);
};

/** Best code lengths for each histogram. */
export const bestLengths = ({ dc, ac }: SymbolHistograms): SymbolLengths => {
  const best = (histogram: Uint32Array): Uint8Array => {
    const lengths = new Uint8Array(256);
    huffmanLengths(histogram, lengths);
    return lengths;
  };
  return { dc: [best(dc[0]), best(dc[1])], ac: [best(ac[0]), best(ac[1])] };
};

/** Bits of the entropy-coded data: codes and the values that follow them, before stuffing and the last byte's padding. */
export const entropyCodedBits = (histograms: SymbolHistograms, lengths: SymbolLengths): number => {
  let bits = 0;
  for (const at of [0, 1] as const) {
    bits += huffmanBits(histograms.dc[at], lengths.dc[at]) + valueBits(histograms.dc[at], 255);
    bits += huffmanBits(histograms.ac[at], lengths.ac[at]) + valueBits(histograms.ac[at], 15);
  }
  return bits;
};

/** Bits of the values: the size in each symbol says how many follow it. */
const valueBits = (histogram: Uint32Array, mask: number): number => {
  let bits = 0;
  for (let symbol = 0; symbol < histogram.length; symbol += 1) bits += (histogram[symbol] ?? 0) * (symbol & mask);
  return bits;
};

const requireSizes = ({ dc, ac }: SymbolHistograms, at: 0 | 1): void => {
  for (let size = LARGEST_DC_SIZE + 1; size < dc[at].length; size += 1) {
    if ((dc[at][size] ?? 0) > 0) throw unsupported('a DC coefficient is greater than 8-bit pictures have');
  }
  for (let symbol = 0; symbol < ac[at].length; symbol += 1) {
    if ((symbol & 15) > LARGEST_AC_SIZE && (ac[at][symbol] ?? 0) > 0) {
      throw unsupported('an AC coefficient is greater than 8-bit pictures have');
    }
  }
};

const countDifferences = (
  { dc }: Plane,
  { across, down, perLine, stride, lines }: ScanLayout,
  histogram: Uint32Array,
): void => {
  let before = 0;
  for (let line = 0; line < lines; line += down) {
    for (let left = 0; left < perLine; left += across) {
      for (let y = 0; y < down; y += 1) {
        const at = (line + y) * stride + left;
        for (let x = 0; x < across; x += 1) {
          const value = dc[at + x] ?? 0;
          const size = 32 - Math.clz32(Math.abs(value - before));
          histogram[size] = (histogram[size] ?? 0) + 1;
          before = value;
        }
      }
    }
  }
};

const countRuns = (
  { starts, counts }: Plane,
  entries: Int32Array,
  { perLine, stride, lines }: ScanLayout,
  histogram: Uint32Array,
  memory: Memory,
): void => {
  const counted = memory.uint32('histogram', 256);
  memory.kernel.countRuns(
    memory.addressOf(starts, 'given starts'),
    memory.addressOf(counts, 'given counts'),
    memory.addressOf(entries, 'given entries'),
    perLine,
    lines,
    stride,
    counted.byteOffset,
  );
  for (let symbol = 0; symbol < 256; symbol += 1) {
    histogram[symbol] = (histogram[symbol] ?? 0) + (counted[symbol] ?? 0);
  }
};
