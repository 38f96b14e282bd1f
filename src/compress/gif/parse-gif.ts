/** One picture of a GIF (GIF89a, sections 20–23), with its data still packed. */
export interface GifFrame {
  /** Place on the screen, pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  /** Three bytes a colour: the frame's own table, or the file's. */
  readonly colours: Buffer;
  readonly hasOwnColours: boolean;
  /** Index that draws nothing, or -1. */
  readonly transparent: number;
  /** What becomes of the frame before the next: 0 and 1 it stays, 2 its area is cleared, 3 what was there comes back. */
  readonly disposal: number;
  /** Hundredths of a second. */
  readonly delay: number;
  readonly minCodeSize: number;
  /** LZW codes without their sub-block lengths. */
  readonly data: Buffer;
}

export interface Gif {
  readonly width: number;
  readonly height: number;
  /** Header and screen descriptor, 13 bytes. */
  readonly head: Buffer;
  /** The file's colour table; empty if it has none. */
  readonly colours: Buffer;
  /** The application extension with the loop count, or null. */
  readonly loop: Buffer | null;
  readonly frames: readonly GifFrame[];
}

/** Application extensions that players obey: the loop count, under its two names. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/**
 * Takes a GIF apart. Comments, plain text and other application data are left out. Null for anything unusual: blocks
 * that cannot be followed, a frame without a colour table, or one that reaches beyond the screen.
 */
export const parseGif = (source: Buffer): Gif | null => {
  if (source.length < 13) return null;
  const [width, height] = [source.readUInt16LE(6), source.readUInt16LE(8)];
  const headEnd = 13 + tableBytes(source[10] ?? 0);
  const global = source.subarray(13, headEnd);
  const frames: GifFrame[] = [];
  let loop: Buffer | null = null;
  let control = NO_CONTROL;
  for (let at = headEnd; at < source.length; ) {
    const introducer = source[at];
    if (introducer === TRAILER) {
      const head = source.subarray(0, 13);
      return frames.length === 0 ? null : { width, height, head, colours: global, loop, frames };
    }
    if (introducer === IMAGE) {
      const frame = readFrame(source, at, global, control);
      if (frame === null || frame.left + frame.width > width || frame.top + frame.height > height) return null;
      frames.push(frame.frame);
      control = NO_CONTROL;
      at = frame.end;
      continue;
    }
    const body = introducer === EXTENSION ? joinBlocks(source, at + 2) : null;
    if (body === null) return null;
    const label = source[at + 1];
    if (label === CONTROL) control = readControl(body.data);
    else if (label === APPLICATION && LOOPS.has(source.toString('latin1', at + 3, at + 14))) {
      loop = source.subarray(at, body.end);
    }
    at = body.end;
  }
  return null;
};

const TRAILER = 0x3b;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const CONTROL = 0xf9;
const APPLICATION = 0xff;

interface Control {
  readonly transparent: number;
  readonly disposal: number;
  readonly delay: number;
}
const NO_CONTROL: Control = { transparent: -1, disposal: 0, delay: 0 };

const readControl = (data: Buffer): Control => {
  if (data.length < 4) return NO_CONTROL;
  const packed = data[0] ?? 0;
  return {
    transparent: (packed & 1) === 0 ? -1 : (data[3] ?? 0),
    disposal: (packed >> 2) & 7,
    delay: data.readUInt16LE(1),
  };
};

const readFrame = (source: Buffer, at: number, global: Buffer, control: Control) => {
  if (at + 11 > source.length) return null;
  const packed = source[at + 9] ?? 0;
  const tableEnd = at + 10 + tableBytes(packed);
  const own = source.subarray(at + 10, tableEnd);
  const colours = own.length > 0 ? own : global;
  const minCodeSize = source[tableEnd] ?? 0;
  const body = joinBlocks(source, tableEnd + 1);
  // Sizes from 2 on (appendix F); decoders disagree about anything else.
  if (body === null || colours.length === 0 || minCodeSize < 2 || minCodeSize > 8) return null;
  const [left, top] = [source.readUInt16LE(at + 1), source.readUInt16LE(at + 3)];
  const [width, height] = [source.readUInt16LE(at + 5), source.readUInt16LE(at + 7)];
  const frame: GifFrame = {
    ...{ left, top, width, height, colours, minCodeSize, ...control },
    isInterlaced: (packed & 0x40) !== 0,
    hasOwnColours: own.length > 0,
    data: body.data,
  };
  return { frame, left, top, width, height, end: body.end };
};

/** Bit 7 says that a table follows, bits 0–2 give its size. */
const tableBytes = (packed: number): number => ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1));

/** The data of a chain of sub-blocks (section 15), and where it ends. Null when the file ends before it. */
const joinBlocks = (source: Buffer, from: number): { data: Buffer; end: number } | null => {
  const blocks: Buffer[] = [];
  for (let at = from; at < source.length; ) {
    const size = source[at] ?? 0;
    if (size === 0) return { data: Buffer.concat(blocks), end: at + 1 };
    if (at + 1 + size > source.length) return null;
    blocks.push(source.subarray(at + 1, at + 1 + size));
    at += size + 1;
  }
  return null;
};
