import { crc32 } from 'node:zlib';
import { minimalExif } from './minimal-exif.ts';
import type { StripPlan } from './strip-jpeg.ts';

/** Ancillary chunks that change how the pixels look, or hold an animation (PNG 3rd edition, 11.3). */
const NEEDED = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'acTL', 'fcTL', 'fdAT']);

/** A PNG without text, times, EXIF and whatever follows its end; pixels untouched. Null when chunks cannot be followed. */
export const stripPng = (source: Buffer, plan: StripPlan): Buffer | null => {
  const parts: Buffer[] = [source.subarray(0, 8)];
  let isOriented = plan.orientation === 1;
  for (let at = 8; at + 12 <= source.length; ) {
    const end = at + 12 + source.readUInt32BE(at);
    if (end > source.length) return null;
    const type = source.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' && !isOriented) {
      parts.push(exifChunk(plan.orientation));
      isOriented = true;
    }
    // A capital first letter marks the chunks no decoder can do without (5.4).
    if (/^[A-Z]/.test(type) || NEEDED.has(type) || (type === 'iCCP' && plan.keepProfile)) {
      parts.push(source.subarray(at, end));
    }
    if (type === 'IEND') return Buffer.concat(parts);
    at = end;
  }
  return null;
};

const exifChunk = (orientation: number): Buffer => {
  const body = Buffer.concat([Buffer.from('eXIf', 'latin1'), minimalExif(orientation)]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};
