import { setImmediate } from 'node:timers/promises';
import { type ColouredFrames, compactColours, type IndexedFrame } from './compact-colours.ts';
import { lzwDecode } from './lzw-decode.ts';
import { colourDistance, LzwEncoder, type LzwPicture } from './lzw-encode.ts';
import { type Gif, type GifFrame, parseGif } from './parse-gif.ts';

/** What another reader says of a file. */
export interface GifSize {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** A GIF taken apart, to be written again with small changes, any number of times. */
export interface OpenGif extends ColouredFrames {
  readonly gif: Omit<Gif, 'frames' | 'colours'>;
}

/**
 * Null when a decoder would have to guess, or sees something else than `expected`; such a file goes another way. Nothing
 * is unpacked before its size is known to be the one that was allowed.
 */
export const openGif = (source: Buffer, expected: GifSize): OpenGif | null => {
  const gif = parseGif(source);
  if (gif === null || gif.width !== expected.width || gif.height !== expected.height) return null;
  if (gif.frames.length !== expected.frames) return null;
  const frames: IndexedFrame[] = [];
  for (const frame of gif.frames) {
    const { width, height, data, minCodeSize, colours } = frame;
    const unpacked = lzwDecode(data, minCodeSize, width * height, colours.length / 3);
    if (unpacked === null) return null;
    frames.push({ frame, indexes: frame.isInterlaced ? inOrder(unpacked, width, height) : unpacked });
  }
  return { gif, ...compactColours({ frames, colours: gif.colours, background: gif.head[11] ?? 0 }) };
};

/** Rows of an interlaced frame come in four passes (GIF89a, appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

const inOrder = (rows: Uint8Array, width: number, height: number): Uint8Array => {
  const out = new Uint8Array(rows.length);
  let from = 0;
  for (const [first, step] of PASSES) {
    for (let row = first; row < height; row += step) {
      out.set(rows.subarray(from, from + width), row * width);
      from += width;
    }
  }
  return out;
};

/**
 * The GIF with the same frames, colour tables, times and places, in which a pixel may differ from the source by
 * `tolerance` (0–255) where that makes it smaller. What does not change from one frame to the next is left out.
 */
export const recodeGif = async (open: OpenGif, tolerance: number): Promise<Buffer> => {
  const { gif, frames } = open;
  const screens = frames.length > 1 ? new Screens(gif.width, gif.height) : null;
  const parts = [screenHead(open), open.colours];
  if (gif.loop !== null) parts.push(gif.loop);
  for (const one of frames) {
    parts.push(recodeFrame(one, tolerance, screens));
    // A frame takes up to a second; the process has more to do.
    await setImmediate();
  }
  return Buffer.concat([...parts, Buffer.from([TRAILER])]);
};

const TRAILER = 0x3b;

/** The source's, for the colours that are left. */
const screenHead = ({ gif, colours, background }: OpenGif): Buffer => {
  const out = Buffer.from(gif.head);
  const depth = (out[10] ?? 0) & 0x70;
  out[10] = colours.length === 0 ? depth : 0x80 | depth | tableSize(colours);
  out[11] = background;
  return out;
};

/** The three bits that say how many colours a table has. */
const tableSize = (colours: Buffer): number => Math.log2(colours.length / 3) - 1;

const recodeFrame = ({ frame, indexes }: IndexedFrame, tolerance: number, screens: Screens | null): Buffer => {
  const palette = unpackColours(frame.colours);
  const beneath = screens?.areaOf(frame) ?? null;
  // Some viewers clear a frame without transparency to the background colour, one with it to nothing.
  const mayLeaveOut = frame.transparent < 0 && frame.disposal !== 2 && beneath?.output.some((colour) => colour >= 0);
  const free = mayLeaveOut === true ? freeIndex(indexes, palette, tolerance) : null;
  const transparent = free?.index ?? frame.transparent;
  const minCodeSize = Math.max(2, Math.ceil(Math.log2(palette.length)));
  const picture: LzwPicture = {
    ...{ indexes, palette, transparent, beneath },
    hole: frame.transparent,
    instead: free?.instead ?? -1,
  };
  const shown = beneath === null ? null : new Int32Array(indexes.length);
  const data = new LzwEncoder(picture, tolerance, minCodeSize).encode(shown);
  if (shown !== null) screens?.put(frame, sourceColours(picture), shown);
  return Buffer.concat([
    ...(screens === null && transparent < 0 ? [] : [controlBlock(frame, transparent)]),
    descriptor(frame),
    frame.hasOwnColours ? frame.colours : Buffer.alloc(0),
    Buffer.from([minCodeSize]),
    inBlocks(data),
  ]);
};

const unpackColours = (colours: Buffer): Int32Array =>
  Int32Array.from({ length: colours.length / 3 }, (_, i) => colours.readUIntBE(3 * i, 3));

/** What a viewer of the source sees once the frame is drawn. */
const sourceColours = ({ indexes, palette, hole, beneath }: LzwPicture): Int32Array => {
  const out = new Int32Array(indexes.length);
  for (let i = 0; i < out.length; i++) {
    const index = indexes[i] ?? 0;
    out[i] = index === hole ? (beneath?.source[i] ?? -1) : (palette[index] ?? 0);
  }
  return out;
};

/** An index nobody uses; or the one that can best be done without, and the one to use for it. */
const freeIndex = (indexes: Uint8Array, palette: Int32Array, tolerance: number) => {
  const isUsed = new Uint8Array(256);
  for (const index of indexes) isUsed[index] = 1;
  const unused = isUsed.subarray(0, palette.length).indexOf(0);
  if (unused !== -1) return { index: unused, instead: -1 };
  let [index, instead, nearest] = [-1, -1, Number.POSITIVE_INFINITY];
  for (let a = 0; a < palette.length; a++) {
    for (let b = 0; b < palette.length; b++) {
      const distance = a === b ? nearest : colourDistance(palette[a] ?? 0, palette[b] ?? 0);
      if (distance < nearest) [index, instead, nearest] = [a, b, distance];
    }
  }
  return nearest <= 9 * tolerance * tolerance ? { index, instead } : null;
};

/** What viewers see so far: of the source, and of what is written. Packed colours, -1 where nothing was drawn. */
class Screens {
  readonly #width: number;
  #source: Int32Array;
  #output: Int32Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#source = new Int32Array(width * height).fill(-1);
    this.#output = new Int32Array(width * height).fill(-1);
  }

  areaOf(frame: GifFrame) {
    return { source: this.#cut(this.#source, frame), output: this.#cut(this.#output, frame) };
  }

  /** Draws a frame, then does what the file says is to be done before the next. */
  put(frame: GifFrame, source: Int32Array, output: Int32Array): void {
    if (frame.disposal === 3) return;
    const isCleared = frame.disposal === 2;
    const nothing = isCleared ? new Int32Array(source.length).fill(-1) : null;
    this.#paste(this.#source, frame, nothing ?? source);
    this.#paste(this.#output, frame, nothing ?? output);
  }

  #cut(screen: Int32Array, { left, top, width, height }: GifFrame): Int32Array {
    const out = new Int32Array(width * height);
    for (let y = 0; y < height; y++) {
      const from = (top + y) * this.#width + left;
      out.set(screen.subarray(from, from + width), y * width);
    }
    return out;
  }

  #paste(screen: Int32Array, { left, top, width, height }: GifFrame, area: Int32Array): void {
    for (let y = 0; y < height; y++) {
      screen.set(area.subarray(y * width, (y + 1) * width), (top + y) * this.#width + left);
    }
  }
}

const controlBlock = ({ delay, disposal }: GifFrame, transparent: number): Buffer => {
  const block = Buffer.from([0x21, 0xf9, 4, (disposal << 2) | (transparent >= 0 ? 1 : 0), 0, 0, 0, 0]);
  block.writeUInt16LE(delay, 4);
  block[6] = Math.max(0, transparent);
  return block;
};

const descriptor = ({ left, top, width, height, hasOwnColours, colours }: GifFrame): Buffer => {
  const block = Buffer.alloc(10);
  block[0] = 0x2c;
  for (const [i, value] of [left, top, width, height].entries()) block.writeUInt16LE(value, 1 + 2 * i);
  block[9] = hasOwnColours ? 0x80 | tableSize(colours) : 0;
  return block;
};

/** Cut into sub-blocks of up to 255 bytes, with an empty one at the end (section 15). */
const inBlocks = (data: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    parts.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
};
