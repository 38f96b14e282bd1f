/** The marker segments around the scans (ITU-T T.81, Annex B; JFIF 1.02; ICC.1:2010, B.4). */
import { type BitSink, putBytes } from './bit-sink.ts';
import type { Coefficients, Plane } from './coefficients.ts';
import { listCodes } from './huffman-codes.ts';
import { unsupported } from './jpeg-fault.ts';
import { OWN_MARK } from './own-mark.ts';

const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
/** JFIF 1.02, square pixels, no thumbnail. */
const JFIF = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0];
const ICC_NAME = [...Buffer.from('ICC_PROFILE\0', 'latin1')];
/** What a segment can hold, without its length, the name, the number of the part and that of all parts. */
const ICC_PART = 65_535 - 2 - ICC_NAME.length - 2;
const MOST_ICC_PARTS = 255;

/** One Huffman table of a scan. */
export interface Table {
  readonly kind: 'dc' | 'ac';
  readonly destination: number;
  readonly lengths: Uint8Array;
}

/** One component's part in a scan header. */
export interface ScanComponent {
  readonly plane: number;
  readonly dcTable: number;
  readonly acTable: number;
}

/** Coefficients and bits a scan holds (T.81 G.1.1.1); `0, 63, 0, 0` in a baseline file. */
export interface Band {
  readonly first: number;
  readonly last: number;
  /** Bits above which earlier scans have told the value; 0 when none has. */
  readonly high: number;
  /** Bits left for later scans. */
  readonly low: number;
}

/** Everything before the first scan. @throws JpegFault `unsupported` for a profile above 16 MB */
export const putHeader = (
  sink: BitSink,
  coefficients: Coefficients,
  icc: Uint8Array | null,
  isProgressive: boolean,
): void => {
  putBytes(sink, SOI);
  putBytes(sink, JFIF);
  putBytes(sink, OWN_MARK);
  if (icc !== null) putProfile(sink, icc);
  const tables = quantisationTables(coefficients.planes);
  for (const [destination, steps] of tables.entries()) putQuantisation(sink, steps, destination);
  putFrame(sink, coefficients, tables, isProgressive);
};

export const putEnd = (sink: BitSink): void => putBytes(sink, EOI);

/** DHT segment with all the tables given. */
export const putHuffmanTables = (sink: BitSink, tables: readonly Table[]): void => {
  const body = tables.flatMap(({ kind, destination, lengths }) => {
    const { counts, symbols } = listCodes(lengths);
    return [(kind === 'ac' ? 0x10 : 0) | destination, ...counts, ...symbols];
  });
  putSegment(sink, 0xc4, body);
};

/** SOS segment. */
export const putScanHeader = (sink: BitSink, components: readonly ScanComponent[], band: Band): void => {
  const parts = components.flatMap(({ plane, dcTable, acTable }) => [plane + 1, (dcTable << 4) | acTable]);
  putSegment(sink, 0xda, [components.length, ...parts, band.first, band.last, (band.high << 4) | band.low]);
};

const putSegment = (sink: BitSink, marker: number, body: readonly number[]): void => {
  const length = body.length + 2;
  putBytes(sink, [0xff, marker, length >> 8, length & 255]);
  putBytes(sink, body);
};

const putProfile = (sink: BitSink, icc: Uint8Array): void => {
  const parts = Math.ceil(icc.length / ICC_PART);
  if (parts > MOST_ICC_PARTS) throw unsupported('the colour profile is too large for a JPEG');
  for (let part = 0; part < parts; part += 1) {
    const data = icc.subarray(part * ICC_PART, (part + 1) * ICC_PART);
    const length = 2 + ICC_NAME.length + 2 + data.length;
    putBytes(sink, [0xff, 0xe2, length >> 8, length & 255, ...ICC_NAME, part + 1, parts]);
    putBytes(sink, data);
  }
};

/** The different tables of the planes, in the order of their first use. */
const quantisationTables = (planes: readonly Plane[]): readonly Uint16Array[] => {
  const tables: Uint16Array[] = [];
  for (const { steps } of planes) if (!tables.some((table) => isSame(table, steps))) tables.push(steps);
  return tables;
};

const isSame = (a: Uint16Array, b: Uint16Array): boolean => a.every((step, i) => step === b[i]);

const isWide = (steps: Uint16Array): boolean => steps.some((step) => step > 255);

const putQuantisation = (sink: BitSink, steps: Uint16Array, destination: number): void => {
  const wide = isWide(steps);
  const values = wide ? Array.from(steps).flatMap((step) => [step >> 8, step & 255]) : Array.from(steps);
  putSegment(sink, 0xdb, [(wide ? 0x10 : 0) | destination, ...values]);
};

/**
 * SOF0, SOF1 when a quantisation table has 16 bits, or SOF2. Components are numbered from 1, whatever their numbers in
 * the source: JFIF asks for it, and some readers take other numbers for a sign of RGB. The sampling factors of a single
 * component mean nothing (T.81 A.2.2).
 */
const putFrame = (
  sink: BitSink,
  { width, height, planes }: Coefficients,
  tables: readonly Uint16Array[],
  isProgressive: boolean,
): void => {
  const components = planes.flatMap(({ h, v, steps }, plane) => [
    plane + 1,
    planes.length === 1 ? 0x11 : (h << 4) | v,
    tables.findIndex((table) => isSame(table, steps)),
  ]);
  const marker = isProgressive ? 0xc2 : tables.some(isWide) ? 0xc1 : 0xc0;
  putSegment(sink, marker, [8, height >> 8, height & 255, width >> 8, width & 255, planes.length, ...components]);
};
