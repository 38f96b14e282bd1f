/** Progressive files with Huffman tables for each scan (ITU-T T.81, Annex G). */
import { type BitSink, openSink, putBytes } from './bit-sink.ts';
import { LARGEST_AC_SIZE, LARGEST_DC_SIZE } from './block-statistics.ts';
import type { Coefficients } from './coefficients.ts';
import { packCodes } from './huffman-codes.ts';
import { huffmanBits, huffmanLengths } from './huffman-lengths.ts';
import { unsupported } from './jpeg-fault.ts';
import { Memory } from './memory.ts';
import { LUMA_CUT, progressiveScript, type ScriptedScan } from './scan-script.ts';
import { type PlaneTokens, tokensOf } from './scan-tokens.ts';
import { putEnd, putHeader, putHuffmanTables, putScanHeader, type Table } from './write-segments.ts';

/** A scan that is decided on but not yet written. */
interface PlannedScan extends ScriptedScan {
  readonly table: Table;
  readonly tokens: Int32Array;
  /** Size of its entropy-coded data without stuffing. */
  readonly bytes: number;
}

/** A file that is decided on but not yet written. */
export interface ProgressivePlan {
  readonly coefficients: Coefficients;
  readonly icc: Uint8Array | null;
  readonly scans: readonly PlannedScan[];
  /** Where its tokens are. */
  readonly memory: Memory;
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
  const { planes, entries } = coefficients;
  const tokens = planes.map((plane, at) => tokensOf(plane, entries, at === 0 ? LUMA_CUT : 0, memory, `${at}`));
  const scans = progressiveScript(coefficients).map((scan) => planScan(scan, tokens, memory));
  const plan = { coefficients, icc, scans, memory, bytes: 0 };
  const sink = openSink(2048);
  putFrameAround(sink, plan, () => {});
  return { ...plan, bytes: scans.reduce((sum, { bytes }) => sum + bytes, sink.at) };
};

export const writeProgressive = (plan: ProgressivePlan): Uint8Array<ArrayBuffer> => {
  // One byte in 256 of random bits is 0xFF.
  const sink = openSink(plan.bytes + (plan.bytes >> 7) + 4096);
  putFrameAround(sink, plan, (scan) => putTokens(sink, scan, plan.memory));
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

const planScan = (scan: ScriptedScan, planes: readonly PlaneTokens[], memory: Memory): PlannedScan => {
  const made = planes[scan.plane];
  const { first, last } = scan.band;
  const tokens = (first === 0 ? made?.dc : last < 63 ? made?.lower : made?.upper) ?? new Int32Array(0);
  const kind = first === 0 ? 'dc' : 'ac';
  const histogram = memory.uint32('histogram', 256);
  const valueBits = memory.kernel.countTokens(tokens.byteOffset, tokens.length, histogram.byteOffset);
  requireSizes(histogram, kind);
  const lengths = new Uint8Array(256);
  huffmanLengths(histogram, lengths);
  const bytes = Math.ceil((valueBits + huffmanBits(histogram, lengths)) / 8);
  return { ...scan, table: { kind, destination: 0, lengths }, tokens, bytes };
};

const requireSizes = (histogram: Uint32Array, kind: 'dc' | 'ac'): void => {
  const [mask, largest] = kind === 'dc' ? [255, LARGEST_DC_SIZE] : [15, LARGEST_AC_SIZE];
  for (let symbol = 0; symbol < histogram.length; symbol += 1) {
    if ((symbol & mask) > largest && (histogram[symbol] ?? 0) > 0) {
      throw unsupported('a coefficient is greater than 8-bit pictures have');
    }
  }
};

const putTokens = (sink: BitSink, { table, tokens, bytes }: PlannedScan, memory: Memory): void => {
  const codes = memory.addressOf(packCodes(table.lengths, 0), 'codes');
  // A scan of ones only would be doubled by its zeros.
  const data = memory.uint8('data', 2 * bytes + 16);
  const length = memory.kernel.putTokens(tokens.byteOffset, tokens.length, codes, data.byteOffset);
  putBytes(sink, data.subarray(0, length));
};
