import { minimalExif } from './minimal-exif.ts';

/** What may stay in a file whose pixels are kept as they are. */
export interface StripPlan {
  /** Written as the only EXIF tag when it is not 1, for the picture would lie on its side without. */
  readonly orientation: number;
  readonly keepProfile: boolean;
}

/**
 * A JPEG without its metadata, picture untouched (ITU-T T.81 annex B). JFIF, the colour profile and Adobe's colour
 * transform flag stay, as decoding depends on them; EXIF, XMP, IPTC, comments, previews, and everything behind the end
 * of the image go. Null when the segments cannot be followed.
 */
export const stripJpeg = (source: Buffer, plan: StripPlan): Buffer | null => {
  const parts: Buffer[] = [source.subarray(0, 2)];
  if (plan.orientation !== 1) parts.push(exifSegment(plan.orientation));
  let at = 2;
  while (at + 4 <= source.length) {
    // Decoders skip bytes between segments and any number of 0xFF before a marker; so must this.
    at = source.indexOf(0xff, at);
    if (at === -1) return null;
    const marker = source[at + 1];
    if (marker === undefined) return null;
    if (marker === 0xff || marker === 0) {
      at += 1;
      continue;
    }
    if (marker === EOI) break;
    if (isBare(marker)) {
      at += 2;
      continue;
    }
    if (at + 4 > source.length) return null;
    const end = at + 2 + source.readUInt16BE(at + 2);
    if (end > source.length) return null;
    const segment = source.subarray(at, end);
    if (!isMetadata(marker) || isNeeded(segment, plan)) parts.push(segment);
    at = end;
    if (marker !== SOS) continue;
    const scanEnd = endOfScan(source, at);
    parts.push(source.subarray(at, scanEnd));
    at = scanEnd;
  }
  if (source[at + 1] !== EOI) return null;
  parts.push(source.subarray(at, at + 2));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  // Most photos of shops have nothing to lose, and a copy of one is half a megabyte for the collector.
  return plan.orientation === 1 && length === source.length ? source : Buffer.concat(parts, length);
};

const EOI = 0xd9;
const SOS = 0xda;

/** RSTn, SOI and TEM have no length; outside a scan they mean nothing. */
const isBare = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;

/** APP0–APP15 and COM. */
const isMetadata = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

const isNeeded = (segment: Buffer, { keepProfile }: StripPlan): boolean => {
  const name = segment.toString('latin1', 4, 16);
  switch (segment[1]) {
    case 0xe0:
      return name.startsWith('JFIF\0');
    case 0xe2:
      return keepProfile && name.startsWith('ICC_PROFILE\0');
    case 0xee:
      return name.startsWith('Adobe');
    default:
      return false;
  }
};

/** Entropy-coded data run to the first 0xFF that is neither stuffed (FF 00), a restart marker nor fill (B.1.1.2). */
const endOfScan = (source: Buffer, from: number): number => {
  let at = source.indexOf(0xff, from);
  while (at !== -1 && at + 1 < source.length) {
    const next = source[at + 1] ?? 0;
    if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at = source.indexOf(0xff, at + 2);
    else if (next === 0xff) at += 1;
    else return at;
  }
  return source.length;
};

const exifSegment = (orientation: number): Buffer => {
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), minimalExif(orientation)]);
  const header = Buffer.from([0xff, 0xe1, 0, 0]);
  header.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([header, exif]);
};
