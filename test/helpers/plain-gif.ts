/**
 * GIFs written without compressing anything, straight from the specification (GIF89a), so that tests can have every odd
 * kind of frame and need not believe the code under test.
 */

export interface PlainFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly indexes: Uint8Array;
  /** Three bytes a colour, 2, 4, 8 … 256 of them; left out: the file's. */
  readonly colours?: Buffer;
  readonly transparent?: number;
  readonly disposal?: number;
  readonly delay?: number;
  readonly isInterlaced?: boolean;
}

export interface PlainGif {
  readonly width: number;
  readonly height: number;
  readonly colours?: Buffer;
  readonly loop?: number;
  readonly frames: readonly PlainFrame[];
}

export const plainGif = ({ width, height, colours, loop, frames }: PlainGif): Buffer => {
  const screen = Buffer.from([...Buffer.from('GIF89a'), 0, 0, 0, 0, tableFlags(colours), 0, 0]);
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  const parts = [screen, colours ?? Buffer.alloc(0)];
  if (loop !== undefined) {
    parts.push(Buffer.from([0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, loop & 255, loop >> 8, 0]));
  }
  for (const frame of frames) parts.push(control(frame), image(frame, frame.colours ?? colours ?? Buffer.alloc(6)));
  return Buffer.concat([...parts, Buffer.from([0x3b])]);
};

const tableFlags = (colours: Buffer | undefined): number =>
  colours === undefined ? 0 : 0x80 | (Math.log2(colours.length / 3) - 1);

const control = ({ transparent, disposal = 0, delay = 10 }: PlainFrame): Buffer => {
  const flags = (disposal << 2) | (transparent === undefined ? 0 : 1);
  return Buffer.from([0x21, 0xf9, 4, flags, delay & 255, delay >> 8, transparent ?? 0, 0]);
};

const image = (frame: PlainFrame, colours: Buffer): Buffer => {
  const { left, top, width, height, isInterlaced = false } = frame;
  const head = Buffer.alloc(10);
  head[0] = 0x2c;
  for (const [i, value] of [left, top, width, height].entries()) head.writeUInt16LE(value, 1 + 2 * i);
  head[9] = tableFlags(frame.colours) | (isInterlaced ? 0x40 : 0);
  const rows = isInterlaced ? interlaced(frame) : frame.indexes;
  const size = Math.max(2, Math.log2(colours.length / 3));
  return Buffer.concat([head, frame.colours ?? Buffer.alloc(0), Buffer.from([size]), blocks(codes(rows, size))]);
};

/** Appendix E. */
const interlaced = ({ indexes, width, height }: PlainFrame): Uint8Array => {
  const order = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ].flatMap(([first = 0, step = 1]) => {
    const rows: number[] = [];
    for (let row = first; row < height; row += step) rows.push(row);
    return rows;
  });
  return Buffer.concat(order.map((row) => indexes.subarray(row * width, (row + 1) * width)));
};

/** Every index as a code of its own; a clear code comes before the codes would grow longer. */
const codes = (indexes: Uint8Array, size: number): Buffer => {
  const clear = 1 << size;
  const width = size + 1;
  const all: number[] = [];
  for (const [i, index] of indexes.entries()) {
    if (i % (clear - 2) === 0) all.push(clear);
    all.push(index);
  }
  all.push(clear + 1);
  const out = Buffer.alloc(Math.ceil((all.length * width) / 8));
  for (const [i, code] of all.entries()) {
    for (let bit = 0; bit < width; bit++) {
      const at = i * width + bit;
      if ((code >> bit) & 1) out[at >> 3] = (out[at >> 3] ?? 0) | (1 << (at & 7));
    }
  }
  return out;
};

const blocks = (data: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
};
