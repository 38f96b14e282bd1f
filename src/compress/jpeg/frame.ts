import { damaged, unsupported } from './jpeg-fault.ts';

/** A component as the frame header states it (T.81 B.2.2), with the sizes that follow from its sampling (A.1.1, A.2). */
export interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  /** Which quantisation table. */
  readonly table: number;
  /** Blocks that hold pixels: what a scan of this component alone has. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks in a line and lines, with the padding to whole MCUs: what an interleaved scan has. */
  readonly stride: number;
  readonly lines: number;
  /** Where its blocks begin among those of all components. */
  readonly firstBlock: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
  /** MCUs of an interleaved scan. */
  readonly mcusWide: number;
  readonly mcusHigh: number;
  /** Blocks of all components. */
  readonly blocks: number;
}

/** Names of the frame headers that are not read here (T.81 table B.1). */
const OTHER_PROCESSES: Readonly<Record<number, string>> = {
  195: 'lossless coding',
  197: 'hierarchical coding',
  198: 'hierarchical coding',
  199: 'hierarchical coding',
  200: 'a JPEG extension',
  201: 'arithmetic coding',
  202: 'arithmetic coding',
  203: 'arithmetic coding',
  205: 'arithmetic coding',
  206: 'arithmetic coding',
  207: 'arithmetic coding',
};

/** The coding processes of libjpeg have this limit; a larger picture has no second decoder to show it. */
const LARGEST_SIDE = 65_500;

/** @throws JpegFault `unsupported` when `marker` is that of a frame which is not read here */
export const refuseProcess = (marker: number): void => {
  const process = OTHER_PROCESSES[marker];
  if (process !== undefined) throw unsupported(`it uses ${process}`);
};

/**
 * Reads a frame header: the content of the segment SOF0, SOF1 or SOF2.
 * @throws JpegFault `unsupported` for what is legal but not read here, also more than `maxPixels`; `damaged`
 */
export const readFrame = (marker: number, body: Uint8Array, maxPixels: number): Frame => {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = body;
  const [width, height] = [(w1 << 8) | w0, (h1 << 8) | h0];
  if (body.length < 6 || body.length !== 6 + 3 * count) throw damaged('its frame header has a wrong length');
  if (precision !== 8) throw unsupported(`it has ${precision} bits a sample`);
  if (height === 0) throw unsupported('its height follows the picture (DNL)');
  if (width === 0 || count === 0) throw damaged('its frame header states no size');
  if (width > LARGEST_SIDE || height > LARGEST_SIDE || width * height > maxPixels) {
    throw unsupported(`it has ${width} × ${height} pixels`);
  }
  if (count !== 1 && count !== 3) throw unsupported(`it has ${count} components`);
  const stated = Array.from({ length: count }, (_, i) => readComponent(body.subarray(6 + 3 * i), count));
  if (new Set(stated.map(({ id }) => id)).size < count) throw damaged('two of its components have the same name');
  const hMax = Math.max(...stated.map(({ h }) => h));
  const vMax = Math.max(...stated.map(({ v }) => v));
  if (stated.some(({ h, v }) => hMax % h !== 0 || vMax % v !== 0)) throw unsupported('its sampling is fractional');
  const mcusWide = Math.ceil(width / (8 * hMax));
  const mcusHigh = Math.ceil(height / (8 * vMax));
  let blocks = 0;
  const components = stated.map((component) => {
    const [stride, lines] = [mcusWide * component.h, mcusHigh * component.v];
    const firstBlock = blocks;
    blocks += stride * lines;
    return {
      ...component,
      blocksWide: Math.ceil(Math.ceil((width * component.h) / hMax) / 8),
      blocksHigh: Math.ceil(Math.ceil((height * component.v) / vMax) / 8),
      stride,
      lines,
      firstBlock,
    };
  });
  return { width, height, progressive: marker === 0xc2, components, mcusWide, mcusHigh, blocks };
};

type Stated = Pick<Component, 'id' | 'h' | 'v' | 'table'>;

const readComponent = ([id = 0, sampling = 0, table = 0]: Uint8Array, count: number): Stated => {
  const [h, v] = [sampling >> 4, sampling & 15];
  if (h < 1 || h > 4 || v < 1 || v > 4) throw damaged('its sampling factors are not 1 to 4');
  if (table > 3) throw damaged('it names a quantisation table that cannot be');
  // With one component, sampling changes nothing (A.2.2); as 1 × 1 its blocks have no padding.
  return count === 1 ? { id, h: 1, v: 1, table } : { id, h, v, table };
};
