/** Scan headers (T.81 B.2.3) and the order in which scans go through the blocks. */
import type { Component, Frame } from './frame.ts';
import type { HuffmanSpec } from './huffman-table.ts';
import { damaged, unsupported } from './jpeg-fault.ts';
import type { ScanData } from './scan-bits.ts';

/** What a scan header states. */
export interface ScanHeader {
  /** Its components, by their place in the frame. */
  readonly components: readonly number[];
  /** Of each: the tables it uses; null when the file has not defined it. */
  readonly dc: readonly (HuffmanSpec | null)[];
  readonly ac: readonly (HuffmanSpec | null)[];
  /** Spectral selection: first and last coefficient. */
  readonly first: number;
  readonly last: number;
  /** Successive approximation: the lowest bit sent before, and the lowest sent now. */
  readonly before: number;
  readonly low: number;
}

export interface Scan extends ScanHeader, ScanData {
  readonly mcusWide: number;
  readonly mcusHigh: number;
  /** MCUs in a restart interval. */
  readonly perInterval: number;
}

/** The Huffman tables in force: four for DC, four for AC. */
export interface HuffmanSpecs {
  readonly dc: readonly (HuffmanSpec | null)[];
  readonly ac: readonly (HuffmanSpec | null)[];
}

const MOST_BLOCKS_IN_MCU = 10;

/** @throws JpegFault `damaged` */
export const readScanHeader = (body: Uint8Array, frame: Frame, specs: HuffmanSpecs): ScanHeader => {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length !== 4 + 2 * count) throw damaged('a scan header has a wrong length');
  const components: number[] = [];
  const dc: (HuffmanSpec | null)[] = [];
  const ac: (HuffmanSpec | null)[] = [];
  for (let i = 0; i < count; i += 1) {
    const place = frame.components.findIndex(({ id }) => id === body[1 + 2 * i]);
    const tables = body[2 + 2 * i] ?? 0;
    if (place === -1 || components.includes(place)) throw damaged('a scan names a wrong component');
    components.push(place);
    dc.push(specs.dc[tables >> 4] ?? null);
    ac.push(specs.ac[tables & 15] ?? null);
  }
  const [first = 0, last = 0, bits = 0] = body.subarray(1 + 2 * count);
  return { components, dc, ac, first, last, before: bits >> 4, low: bits & 15 };
};

/** How many MCUs a scan has across and down (T.81 A.2). @throws JpegFault `damaged` */
export const scanSize = (frame: Frame, { components }: ScanHeader): Pick<Scan, 'mcusWide' | 'mcusHigh'> => {
  const [only, ...others] = components.map((place) => componentAt(frame, place));
  if (only !== undefined && others.length === 0) return { mcusWide: only.blocksWide, mcusHigh: only.blocksHigh };
  if (blocksInMcu(frame, components) > MOST_BLOCKS_IN_MCU) throw damaged('an MCU has more than ten blocks');
  return { mcusWide: frame.mcusWide, mcusHigh: frame.mcusHigh };
};

/** Blocks of each MCU of a scan of these components. */
export const blocksInMcu = (frame: Frame, components: readonly number[]): number =>
  components.length === 1
    ? 1
    : components.reduce((sum, place) => sum + componentAt(frame, place).h * componentAt(frame, place).v, 0);

const componentAt = (frame: Frame, place: number): Component => {
  const component = frame.components[place];
  if (component === undefined) throw new RangeError(`no component ${place}`);
  return component;
};

/** @throws JpegFault `unsupported` for a table that only players of Motion JPEG know by heart */
export const requireSpec = (spec: HuffmanSpec | null | undefined): HuffmanSpec => {
  if (spec === null || spec === undefined) throw unsupported('it does not define its Huffman tables');
  return spec;
};

/** Where the blocks of an MCU lie among all blocks: one entry for each block of the MCU. */
export interface McuLayout {
  /** Place in the scan of the component. */
  readonly component: Int32Array;
  /** Block in the first MCU of all. */
  readonly first: Int32Array;
  /** From an MCU to the next one, and to the one below. */
  readonly across: Int32Array;
  readonly down: Int32Array;
}

export const mcuLayout = (frame: Frame, components: readonly number[]): McuLayout => {
  const blocks = components.flatMap((place, index) => {
    const { h, v, stride, firstBlock } = componentAt(frame, place);
    if (components.length === 1) return [{ index, first: firstBlock, across: 1, down: stride }];
    return Array.from({ length: h * v }, (_, i) => {
      const first = firstBlock + Math.floor(i / h) * stride + (i % h);
      return { index, first, across: h, down: v * stride };
    });
  });
  return {
    component: Int32Array.from(blocks, ({ index }) => index),
    first: Int32Array.from(blocks, ({ first }) => first),
    across: Int32Array.from(blocks, ({ across }) => across),
    down: Int32Array.from(blocks, ({ down }) => down),
  };
};

/** Decodes MCUs; what `walkScan` drives. */
export interface McuDecoder {
  /** A restart interval begins at the byte `from` and ends before the byte `to`. */
  begin(from: number, to: number): void;
  /** Decodes `count` MCUs that lie side by side. */
  decode(row: number, column: number, count: number): void;
  /** @throws JpegFault `damaged` when the interval does not end here */
  end(): void;
}

/** Takes a decoder through all MCUs of a scan. */
export const walkScan = (scan: Scan, decoder: McuDecoder): void => {
  let left = 0;
  let interval = 0;
  for (let row = 0; row < scan.mcusHigh; row += 1) {
    for (let column = 0; column < scan.mcusWide; ) {
      if (left === 0) {
        decoder.begin(scan.bounds[interval] ?? 0, scan.bounds[interval + 1] ?? 0);
        interval += 1;
        left = scan.perInterval;
      }
      const count = Math.min(left, scan.mcusWide - column);
      decoder.decode(row, column, count);
      column += count;
      left -= count;
      if (left === 0) decoder.end();
    }
  }
  if (left > 0) decoder.end();
};

/** @throws JpegFault `damaged` unless the place `bit` is in the last byte before `to`, or at its end (T.81 F.1.2.3) */
export const requireEnd = (bit: number, to: number): void => {
  if (bit > to * 8) throw damaged('its picture data end early');
  if (bit <= to * 8 - 8) throw damaged('its picture data go on behind their end');
};
