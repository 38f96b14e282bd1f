/** Progressive files with Huffman tables for each scan (ITU-T T.81, Annex G). */
import { type BitSink, endBits, openSink, putWord, reserve } from './bit-sink.ts';
import { LARGEST_AC_SIZE, LARGEST_DC_SIZE } from './block-statistics.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { packCodes } from './huffman-codes.ts';
import { huffmanBits, huffmanLengths } from './huffman-lengths.ts';
import { unsupported } from './jpeg-fault.ts';
import { Memory } from './memory.ts';
import { progressiveScript, type ScriptedScan } from './scan-script.ts';
import { addAc, addDc, openTokens, type TokenList } from './scan-tokens.ts';
import { type Band, putEnd, putHeader, putHuffmanTables, putScanHeader, type Table } from './write-segments.ts';

/** A scan that is decided on but not yet written. */
interface PlannedScan extends ScriptedScan {
  readonly table: Table;
  /** Where its tokens stand. */
  readonly from: number;
  readonly to: number;
  /** Size of its entropy-coded data without stuffing. */
  readonly bytes: number;
}

/** A file that is decided on but not yet written. */
export interface ProgressivePlan {
  readonly coefficients: Coefficients;
  readonly icc: Uint8Array | null;
  readonly scans: readonly PlannedScan[];
  readonly tokens: Int32Array;
  /** Size of the file without the zeros that are stuffed after bytes 0xFF. */
  readonly bytes: number;
}

/**
 * Makes the scans and their tables, and predicts the size.
 * @throws JpegFault `unsupported` when a value or the profile does not fit in a JPEG
 */
export const planProgressive = (
  coefficients: Coefficients,
  icc: Uint8Array | null,
  memory: Memory = new Memory(),
): ProgressivePlan => {
  const list = openTokens(expectedTokens(coefficients), memory);
  const scans = progressiveScript(coefficients).map((scan) => planScan(list, coefficients, scan));
  const plan = { coefficients, icc, scans, tokens: list.tokens, bytes: 0 };
  const sink = openSink(2048);
  putFrameAround(sink, plan, () => {});
  return { ...plan, bytes: scans.reduce((sum, { bytes }) => sum + bytes, sink.at) };
};

/** A token for each DC coefficient, and on photographs one or two for each AC coefficient. */
const expectedTokens = ({ planes, entries }: Coefficients): number =>
  Math.ceil(entries.length * 1.5) + planes.reduce((sum, { dc, stride }) => sum + dc.length + 256 * stride, 0);

export const writeProgressive = (plan: ProgressivePlan): Uint8Array<ArrayBuffer> => {
  // One byte in 256 of random bits is 0xFF.
  const sink = openSink(plan.bytes + (plan.bytes >> 7) + 4096);
  putFrameAround(sink, plan, (scan) => putTokens(sink, plan.tokens, scan));
  return sink.bytes.subarray(0, sink.at);
};

const putFrameAround = (sink: BitSink, plan: ProgressivePlan, putData: (scan: PlannedScan) => void): void => {
  putHeader(sink, plan.coefficients, plan.icc, true);
  for (const scan of plan.scans) {
    putHuffmanTables(sink, [scan.table]);
    putScanHeader(sink, [{ plane: scan.plane, dcTable: 0, acTable: 0 }], scan.band);
    putData(scan);
  }
  putEnd(sink);
};

const planScan = (
  list: TokenList,
  { planes, entries }: Coefficients,
  { plane: index, band }: ScriptedScan,
): PlannedScan => {
  const from = list.count;
  const plane = planes[index];
  if (plane !== undefined) addTokens(list, plane, entries, band);
  const kind = band.first === 0 ? 'dc' : 'ac';
  const histogram = new Uint32Array(256);
  const lengths = new Uint8Array(256);
  const valueBits = countTokens(list.tokens.subarray(from, list.count), histogram);
  requireSizes(histogram, kind);
  huffmanLengths(histogram, lengths);
  const bytes = Math.ceil((valueBits + huffmanBits(histogram, lengths)) / 8);
  return { plane: index, band, table: { kind, destination: 0, lengths }, from, to: list.count, bytes };
};

const addTokens = (list: TokenList, plane: Plane, entries: Int32Array, band: Band): void => {
  if (band.first === 0) addDc(list, plane);
  else addAc(list, plane, entries, band);
};

/** Counts the symbols; returns how many bits follow them. */
const countTokens = (tokens: Int32Array, histogram: Uint32Array): number => {
  let bits = 0;
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] ?? 0;
    const symbol = token >>> 21;
    histogram[symbol] = (histogram[symbol] ?? 0) + 1;
    bits += (token >> 16) & 31;
  }
  return bits;
};

const requireSizes = (histogram: Uint32Array, kind: 'dc' | 'ac'): void => {
  const [mask, largest] = kind === 'dc' ? [255, LARGEST_DC_SIZE] : [15, LARGEST_AC_SIZE];
  if (histogram.some((count, symbol) => count > 0 && (symbol & mask) > largest)) {
    throw unsupported('a coefficient is greater than 8-bit pictures have');
  }
};

/** Tokens written between two looks at the room that is left; each takes at most 30 bits, doubled by stuffing. */
const BATCH = 1024;

const putTokens = (sink: BitSink, tokens: Int32Array, { table, from, to }: PlannedScan): void => {
  const codes = packCodes(table.lengths, 0);
  let { word, free } = sink;
  for (let start = from; start < to; start += BATCH) {
    reserve(sink, BATCH * 8 + 8);
    const { view } = sink;
    let at = sink.at;
    const stop = Math.min(to, start + BATCH);
    for (let i = start; i < stop; i += 1) {
      const token = tokens[i] ?? 0;
      const packed = codes[token >>> 21] ?? 0;
      const size = (token >> 16) & 31;
      const bits = ((packed >>> 5) << size) | (token & 0xffff);
      free -= (packed & 31) + size;
      if (free >= 0) {
        word |= bits << free;
      } else {
        at = putWord(view, at, word | (bits >>> -free));
        free += 32;
        word = bits << free;
      }
    }
    sink.at = at;
  }
  sink.word = word;
  sink.free = free;
  endBits(sink);
};
