import type { ImageFormat } from '../core/options.ts';

/**
 * Does the file end before its own structure says it should? Asked only after decoding failed, to tell "cut off" from
 * "damaged": the reader can upload a cut-off file again.
 */
export const isCutOff = (source: Buffer, format: ImageFormat): boolean => CHECKS[format](source);

const CHECKS: Readonly<Record<ImageFormat, (source: Buffer) => boolean>> = {
  /** No end-of-image marker anywhere near the end (ITU-T T.81 B.1.1.3); some cameras append data after it. */
  jpeg: (source) => source.lastIndexOf(Buffer.from([0xff, 0xd9])) === -1,
  png: (source) => {
    let at = 8;
    while (at + 12 <= source.length) {
      const next = at + 12 + source.readUInt32BE(at);
      if (source.toString('latin1', at + 4, at + 8) === 'IEND') return false;
      at = next;
    }
    return true;
  },
  webp: (source) => source.length < 8 || source.readUInt32LE(4) + 8 > source.length,
  gif: (source) => source.at(-1) !== 0x3b,
  avif: (source) => {
    let at = 0;
    while (at + 8 <= source.length) {
      const size = source.readUInt32BE(at);
      // Size 0 reaches to the end of the file, 1 means 64 bits follow (ISO/IEC 14496-12 4.2): nothing to compare.
      if (size < 8) return false;
      at += size;
    }
    return at > source.length;
  },
};
