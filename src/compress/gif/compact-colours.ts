import type { GifFrame } from './parse-gif.ts';

/** A frame and the colour index of each of its pixels. */
export interface IndexedFrame {
  readonly frame: GifFrame;
  readonly indexes: Uint8Array;
}

/** The frames of a file and the colours they share. */
export interface ColouredFrames {
  readonly frames: readonly IndexedFrame[];
  /** The file's table; empty if no one needs one. */
  readonly colours: Buffer;
  /** Index of the colour that some viewers take for cleared areas. */
  readonly background: number;
}

/**
 * Drops colours that nobody uses: a full table is 768 bytes, often more than the picture, and fewer colours make shorter
 * codes. Frames that share the file's table keep sharing one.
 */
export const compactColours = ({ frames, colours, background }: ColouredFrames): ColouredFrames => {
  const sharing = frames.filter(({ frame }) => !frame.hasOwnColours);
  // Browsers clear to transparency, whatever the file says; others to its background colour.
  const isCleared = frames.some(({ frame }) => frame.disposal === 2) && 3 * background < colours.length;
  const shared = remapOf(sharing, colours, isCleared ? [background] : []);
  return {
    frames: frames.map((one) =>
      remapped(one, one.frame.hasOwnColours ? remapOf([one], one.frame.colours, []) : shared),
    ),
    colours: sharing.length === 0 && !isCleared ? Buffer.alloc(0) : (shared?.colours ?? colours),
    background: isCleared ? (shared?.to[background] ?? background) : 0,
  };
};

interface Remap {
  readonly colours: Buffer;
  /** New index of each old one. */
  readonly to: Uint8Array;
}

/** Null where the table would not get smaller. */
const remapOf = (frames: readonly IndexedFrame[], colours: Buffer, also: readonly number[]): Remap | null => {
  const isUsed = new Uint8Array(256);
  for (const { frame, indexes } of frames) {
    for (const index of indexes) isUsed[index] = 1;
    if (frame.transparent >= 0) isUsed[frame.transparent] = 1;
  }
  for (const index of also) isUsed[index] = 1;
  const used = [...isUsed.keys()].filter((index) => isUsed[index] === 1);
  // Animations may need one more, to leave out what does not change.
  const size = 2 ** Math.max(1, Math.ceil(Math.log2(used.length + 1)));
  if (3 * size >= colours.length) return null;
  const [compact, to] = [Buffer.alloc(3 * size), new Uint8Array(256)];
  for (const [i, index] of used.entries()) {
    colours.copy(compact, 3 * i, 3 * index, 3 * index + 3);
    to[index] = i;
  }
  return { colours: compact, to };
};

const remapped = (one: IndexedFrame, remap: Remap | null): IndexedFrame => {
  if (remap === null) return one;
  const { frame, indexes } = one;
  const { colours, to } = remap;
  const transparent = frame.transparent < 0 ? -1 : (to[frame.transparent] ?? 0);
  return { frame: { ...frame, colours, transparent }, indexes: indexes.map((index) => to[index] ?? 0) };
};
