import { minimalExif } from './minimal-exif.ts';
import type { StripPlan } from './strip-jpeg.ts';

/** Chunks that make the picture (RFC 9649 section 2.7). */
const NEEDED = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);
/** Bits of the VP8X flags. */
const HAS_PROFILE = 0x20;
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

/** A WebP without EXIF, XMP and unknown chunks; pixels untouched. Null when the chunks cannot be followed. */
export const stripWebp = (source: Buffer, plan: StripPlan): Buffer | null => {
  if (source.length < 12) return null;
  const fileEnd = Math.min(source.length, 8 + source.readUInt32LE(4));
  const parts: Buffer[] = [];
  let isExtended = false;
  for (let at = 12; at + 8 <= fileEnd; ) {
    const size = source.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    // Some writers leave out the padding byte of the last chunk.
    if (at + 8 + size > fileEnd) return null;
    const type = source.toString('latin1', at, at + 4);
    if (NEEDED.has(type) || (type === 'ICCP' && plan.keepProfile)) {
      const chunk = padded(source.subarray(at, Math.min(end, fileEnd)));
      if (type === 'VP8X') {
        isExtended = true;
        chunk[8] = flags(chunk[8] ?? 0, plan);
      }
      parts.push(chunk);
    }
    at = end;
  }
  // EXIF needs the extended header; a file without one cannot have had an orientation.
  if (plan.orientation !== 1 && isExtended) parts.push(exifChunk(plan.orientation));
  const body = Buffer.concat(parts);
  const header = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  header.writeUInt32LE(body.length + 4, 4);
  return parts.length === 0 ? null : Buffer.concat([header, body]);
};

const flags = (value: number, { orientation, keepProfile }: StripPlan): number => {
  const kept = value & ~(HAS_XMP | HAS_EXIF | (keepProfile ? 0 : HAS_PROFILE));
  return orientation === 1 ? kept : kept | HAS_EXIF;
};

/** A copy of even length. */
const padded = (chunk: Buffer): Buffer => Buffer.concat([chunk, Buffer.alloc(chunk.length % 2)]);

const exifChunk = (orientation: number): Buffer => {
  const exif = minimalExif(orientation);
  const header = Buffer.from('EXIF\0\0\0\0', 'latin1');
  header.writeUInt32LE(exif.length, 4);
  return padded(Buffer.concat([header, exif]));
};
