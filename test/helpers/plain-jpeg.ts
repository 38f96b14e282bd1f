/**
 * JPEG files written segment by segment, for what sharp cannot write: any sampling, restart markers, scans of one
 * component. All Huffman codes have one length and are the symbol itself, so that a file can be followed by hand.
 */

export interface PlainComponent {
  readonly h: number;
  readonly v: number;
}

export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  readonly components: readonly PlainComponent[];
  /** Coefficients in zigzag order of the block `x`, `y` of a component. */
  readonly block: (component: number, x: number, y: number) => ArrayLike<number>;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval?: number;
  /** One scan for each component. */
  readonly alone?: boolean;
  /** Bits of each AC code, 9–16. */
  readonly codeLength?: number;
}

/** A segment: marker, length, content. */
export const segment = (marker: number, ...content: number[]): number[] => {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
};

const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];

/** Fixed-length codes for the symbols 0 … `count` − 1. */
export const huffmanSegment = (target: number, length: number, count: number): number[] => {
  const counts: number[] = new Array(16).fill(0);
  // A length has one byte for its codes; the 256th goes to the next length, and is never used.
  counts[length - 1] = Math.min(count, 255);
  const symbols = Array.from({ length: Math.min(count, 255) }, (_, i) => i);
  return segment(0xc4, target, ...counts, ...symbols);
};

export const frameSegment = (
  width: number,
  height: number,
  components: readonly PlainComponent[],
  marker = 0xc0,
): number[] =>
  segment(
    marker,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    components.length,
    ...components.flatMap(({ h, v }, i) => [i + 1, h * 16 + v, 0]),
  );

export const plainJpeg = (picture: PlainPicture): Uint8Array<ArrayBuffer> => {
  const { width, height, components, restartInterval = 0, alone = false, codeLength = 9 } = picture;
  const all = components.map((_, i) => i);
  const scans = alone ? all.map((i) => [i]) : [all];
  return Uint8Array.from([
    ...SOI,
    ...segment(0xdb, 0, ...new Array(64).fill(3)),
    ...frameSegment(width, height, components),
    ...huffmanSegment(0x00, 4, 12),
    ...huffmanSegment(0x10, codeLength, 255),
    ...(restartInterval > 0 ? segment(0xdd, restartInterval >> 8, restartInterval & 255) : []),
    ...scans.flatMap((scan) => [
      ...segment(0xda, scan.length, ...scan.flatMap((i) => [i + 1, 0]), 0, 63, 0),
      ...entropyCoded(picture, scan, restartInterval, codeLength),
    ]),
    ...EOI,
  ]);
};

const entropyCoded = (
  picture: PlainPicture,
  scan: readonly number[],
  interval: number,
  codeLength: number,
): number[] => {
  const bytes: number[] = [];
  let bits = '';
  const predictions = new Map<number, number>();
  const flush = (): void => {
    // Bits that fill are ones (F.1.2.3).
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    for (let i = 0; i < padded.length; i += 8) {
      const byte = Number.parseInt(padded.slice(i, i + 8), 2);
      bytes.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits = '';
  };
  const value = (v: number): string => {
    if (v === 0) return '';
    const size = sizeOf(v);
    return (v < 0 ? v + 2 ** size - 1 : v).toString(2).padStart(size, '0');
  };
  const code = (symbol: number, length: number): string => symbol.toString(2).padStart(length, '0');
  let mcu = 0;
  for (const blocks of mcuBlocks(picture, scan)) {
    if (interval > 0 && mcu > 0 && mcu % interval === 0) {
      flush();
      bytes.push(0xff, 0xd0 + ((mcu / interval - 1) % 8));
      predictions.clear();
    }
    for (const { component, x, y } of blocks) {
      const block = picture.block(component, x, y);
      const difference = (block[0] ?? 0) - (predictions.get(component) ?? 0);
      predictions.set(component, block[0] ?? 0);
      bits += code(sizeOf(difference), 4) + value(difference);
      let run = 0;
      for (let k = 1; k < 64; k++) {
        const v = block[k] ?? 0;
        if (v === 0) {
          run += 1;
          continue;
        }
        for (; run > 15; run -= 16) bits += code(0xf0, codeLength);
        bits += code(run * 16 + sizeOf(v), codeLength) + value(v);
        run = 0;
      }
      if (run > 0) bits += code(0, codeLength);
    }
    mcu += 1;
  }
  flush();
  return bytes;
};

const sizeOf = (v: number): number => (v === 0 ? 0 : Math.abs(v).toString(2).length);

const mcuBlocks = (
  { width, height, components }: PlainPicture,
  scan: readonly number[],
): { component: number; x: number; y: number }[][] => {
  const hMax = Math.max(...components.map(({ h }) => h));
  const vMax = Math.max(...components.map(({ v }) => v));
  const isAlone = scan.length === 1;
  const sampling = (i: number): PlainComponent => components[i] ?? { h: 1, v: 1 };
  const only = sampling(scan[0] ?? 0);
  const isGray = components.length === 1;
  const samples = (side: number, factor: number, most: number): number =>
    isGray ? side : Math.ceil((side * factor) / most);
  const wide = isAlone ? Math.ceil(samples(width, only.h, hMax) / 8) : Math.ceil(width / (8 * hMax));
  const high = isAlone ? Math.ceil(samples(height, only.v, vMax) / 8) : Math.ceil(height / (8 * vMax));
  return Array.from({ length: wide * high }, (_, mcu) => {
    const [mx, my] = [mcu % wide, Math.floor(mcu / wide)];
    if (isAlone) return [{ component: scan[0] ?? 0, x: mx, y: my }];
    return scan.flatMap((component) => {
      const { h, v } = sampling(component);
      return Array.from({ length: h * v }, (_, i) => ({
        component,
        x: mx * h + (i % h),
        y: my * v + Math.floor(i / h),
      }));
    });
  });
};

/** Codes in zeros and ones as the data of a scan. */
export const packed = (...codes: string[]): number[] => {
  const bits = codes.join('');
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Array.from({ length: whole.length / 8 }, (_, i) => Number.parseInt(whole.slice(8 * i, 8 * i + 8), 2)).flatMap(
    (byte) => (byte === 0xff ? [0xff, 0] : [byte]),
  );
};
