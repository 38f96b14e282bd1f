/** Baseline files with Huffman tables of their own (ITU-T T.81, F.1). */
import { type BitSink, endBits, openSink } from './bit-sink.ts';
import {
  bestLengths,
  countScan,
  countSymbols,
  emptyHistograms,
  entropyCodedBits,
  type SymbolHistograms,
  type SymbolLengths,
  tableClass,
} from './block-statistics.ts';
import type { Coefficients } from './coefficients.ts';
import { Memory } from './memory.ts';
import { type CodedPlane, codedPlane, LARGEST_BLOCK, putMcuRow } from './put-blocks.ts';
import { layoutsTogether, type ScanLayout } from './scan-layout.ts';
import { putEnd, putHeader, putHuffmanTables, putScanHeader } from './write-segments.ts';

/** A file that is decided on but not yet written. */
export interface BaselinePlan {
  readonly coefficients: Coefficients;
  readonly icc: Uint8Array | null;
  readonly lengths: SymbolLengths;
  /** Size of the file without the zeros that are stuffed after bytes 0xFF. */
  readonly bytes: number;
}

/**
 * Chooses the tables and predicts the size.
 * @throws JpegFault `unsupported` when a value or the profile does not fit in a JPEG
 */
export const planBaseline = (
  coefficients: Coefficients,
  icc: Uint8Array | null,
  memory: Memory = new Memory(),
): BaselinePlan => {
  const counted = emptyHistograms();
  countSymbols(coefficients, counted, memory);
  const lengths = bestLengths(counted);
  const sink = openSink(1024);
  putFrameAround(sink, { coefficients, icc, lengths, bytes: 0 }, () => {});
  return { coefficients, icc, lengths, bytes: sink.at + dataBytes(coefficients, counted, lengths, memory) };
};

/** Bytes of the scans, each filled up to a whole one. */
const dataBytes = (
  coefficients: Coefficients,
  whole: SymbolHistograms,
  lengths: SymbolLengths,
  memory: Memory,
): number => {
  const scans = layoutsTogether(coefficients.planes);
  if (scans.length === 1) return Math.ceil(entropyCodedBits(whole, lengths) / 8);
  return scans.reduce((bytes, scan) => {
    const histograms = emptyHistograms();
    countScan(coefficients, scan, histograms, memory);
    return bytes + Math.ceil(entropyCodedBits(histograms, lengths) / 8);
  }, 0);
};

export const writeBaseline = (plan: BaselinePlan): Uint8Array<ArrayBuffer> => {
  // One byte in 256 of random bits is 0xFF.
  const sink = openSink(plan.bytes + (plan.bytes >> 7) + LARGEST_BLOCK);
  putFrameAround(sink, plan, (scan) => putScan(sink, plan, scan));
  return sink.bytes.subarray(0, sink.at);
};

const putFrameAround = (
  sink: BitSink,
  { coefficients, icc, lengths }: BaselinePlan,
  putData: (scan: readonly ScanLayout[]) => void,
): void => {
  putHeader(sink, coefficients, icc, false);
  const classes = coefficients.planes.length > 1 ? ([0, 1] as const) : ([0] as const);
  const tables = classes.flatMap((at) => [
    { kind: 'dc' as const, destination: at, lengths: lengths.dc[at] },
    { kind: 'ac' as const, destination: at, lengths: lengths.ac[at] },
  ]);
  putHuffmanTables(sink, tables);
  for (const scan of layoutsTogether(coefficients.planes)) {
    const components = scan.map(({ plane }) => ({ plane, dcTable: tableClass(plane), acTable: tableClass(plane) }));
    putScanHeader(sink, components, { first: 0, last: 63, high: 0, low: 0 });
    putData(scan);
  }
  putEnd(sink);
};

const putScan = (sink: BitSink, { coefficients, lengths }: BaselinePlan, scan: readonly ScanLayout[]): void => {
  const parts = scan.flatMap(({ plane: index }): CodedPlane[] => {
    const plane = coefficients.planes[index];
    if (plane === undefined) return [];
    const at = tableClass(index);
    return [codedPlane(plane, coefficients.entries, lengths.dc[at], lengths.ac[at])];
  });
  const [first] = scan;
  if (first === undefined) return;
  const rows = first.lines / first.down;
  const columns = first.perLine / first.across;
  for (let row = 0; row < rows; row += 1) putMcuRow(sink, parts, unitsOfRow(scan, row), columns);
  endBits(sink);
};

/** The blocks of the first MCU of a row: for each its part, its position and the distance to the same block of the next. */
const unitsOfRow = (scan: readonly ScanLayout[], row: number): Int32Array => {
  const units: number[] = [];
  for (const [part, { across, down, stride }] of scan.entries()) {
    for (let y = 0; y < down; y += 1) {
      for (let x = 0; x < across; x += 1) units.push(part, (row * down + y) * stride + x, across);
    }
  }
  return Int32Array.from(units);
};
