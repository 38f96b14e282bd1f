import { formatCount } from '../core/format.ts';
import type { ImageFormat } from '../core/options.ts';

/**
 * Does the file end before its own structure says it should? Null if not; otherwise one sentence with the byte at which
 * it ends and, where the file tells, how much is missing.
 */
export const whereCutOff = (source: Buffer, format: ImageFormat): string | null => {
  const end = ENDS[format](source);
  if (end === 'whole') return null;
  const at = `The image file is cut off: it ends at byte ${formatCount(source.length)}`;
  if (end === 'unknown') return `${at}, before the end of the picture.`;
  const missing = formatCount(end.bytes - source.length);
  return `${at}; ${end.atLeast ? 'at least ' : ''}${missing} more should follow.`;
};

/** How long the file should be, as far as it tells. */
type End = 'whole' | 'unknown' | { readonly bytes: number; readonly atLeast: boolean };

const ENDS: Readonly<Record<ImageFormat, (source: Buffer) => End>> = {
  jpeg: (source) => endOfJpeg(source),
  png: (source) => {
    for (let at = 8; at + 12 <= source.length; ) {
      const next = at + 12 + source.readUInt32BE(at);
      if (source.toString('latin1', at + 4, at + 8) === 'IEND') return 'whole';
      // The last chunk is 12 bytes and always there.
      if (next > source.length) return { bytes: next + 12, atLeast: true };
      at = next;
    }
    return 'unknown';
  },
  webp: (source) => {
    if (source.length < 12) return 'unknown';
    const bytes = 8 + source.readUInt32LE(4);
    return bytes > source.length ? { bytes, atLeast: false } : 'whole';
  },
  gif: (source) => (hasGifTrailer(source) ? 'whole' : 'unknown'),
  avif: (source) => {
    let at = 0;
    let hasData = false;
    while (at + 8 <= source.length) {
      const size = source.readUInt32BE(at);
      // Size 0 reaches to the end of the file, 1 means 64 bits follow (ISO/IEC 14496-12 4.2): nothing to compare.
      if (size < 8) return 'whole';
      const type = source.toString('latin1', at + 4, at + 8);
      // The data of small pictures can stand among those that describe them (8.11.11).
      hasData ||= type === 'mdat' || (type === 'meta' && source.subarray(at, at + size).includes('idat'));
      at += size;
    }
    if (at > source.length) return { bytes: at, atLeast: true };
    // Cut between two boxes, or in the first bytes of the next.
    return hasData ? 'whole' : 'unknown';
  },
};

/**
 * Follows the segments (ITU-T T.81 annex B), because a preview in the EXIF has an end marker of its own. A file that
 * cannot be followed is damaged, not cut off.
 */
const endOfJpeg = (source: Buffer): End => {
  for (let at = 2; ; ) {
    at = source.indexOf(0xff, at);
    const marker = at === -1 ? undefined : source[at + 1];
    if (marker === undefined) return 'unknown';
    if (marker === 0xd9) return 'whole';
    // Stuffed zeros, fill bytes, and markers without a length.
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker === 0xff) at += 1;
    else {
      if (at + 4 > source.length) return 'unknown';
      const next = at + 2 + source.readUInt16BE(at + 2);
      if (next > source.length) return { bytes: next + 2, atLeast: true };
      at = next;
    }
  }
};

/** Where the blocks cannot be followed, the last byte has to do. */
const hasGifTrailer = (source: Buffer): boolean => {
  if (source.length < 13) return false;
  const tableBytes = (packed: number) => ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1));
  let at = 13 + tableBytes(source[10] ?? 0);
  while (at < source.length && source[at] !== 0x3b) {
    const isImage = source[at] === 0x2c;
    if (!isImage && source[at] !== 0x21) return source.at(-1) === 0x3b;
    at += isImage ? 11 + tableBytes(source[at + 9] ?? 0) : 2;
    while ((source[at] ?? 0) > 0) at += (source[at] ?? 0) + 1;
    at += 1;
  }
  return at < source.length;
};
