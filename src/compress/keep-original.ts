import type { ImageFacts } from './inspect-image.ts';
import { hasOwnMark } from './jpeg/own-mark.ts';
import { readHeader } from './sharp.ts';
import { stripGif } from './strip-gif.ts';
import { type StripPlan, stripJpeg } from './strip-jpeg.ts';
import { stripPng } from './strip-png.ts';
import { stripWebp } from './strip-webp.ts';

/**
 * The source with its picture untouched and its metadata gone: a kept original must not publish where a photo was
 * taken either. A file whose structure cannot be followed although it decodes is returned as it is.
 */
export const keepOriginal = async (source: Buffer, facts: ImageFacts): Promise<Buffer> => {
  // What we made has no metadata, and has to be known again.
  if (facts.format === 'jpeg' && hasOwnMark(source)) return source;
  const plan: StripPlan = {
    orientation: facts.orientation,
    keepProfile: facts.profile === 'kept' || facts.profile === 'converted',
  };
  const stripped = facts.format === 'avif' ? await blankAvif(source) : STRIPPERS[facts.format](source, plan);
  // A tag that has to be added can outweigh what was removed.
  return stripped !== null && stripped.length <= source.length ? stripped : source;
};

const STRIPPERS = { jpeg: stripJpeg, png: stripPng, webp: stripWebp, gif: stripGif } as const;

/**
 * In an AVIF everything is found by absolute offsets (`iloc`), so nothing can be cut out; metadata is overwritten where
 * it stands: EXIF by an empty directory, XMP by spaces.
 */
const blankAvif = async (source: Buffer): Promise<Buffer> => {
  const { exif, xmp } = await readHeader(source, { format: 'avif', cutOff: null });
  const result = Buffer.from(source);
  if (exif !== undefined) {
    const tiff = exif.subarray(exif.toString('latin1', 0, 4) === 'Exif' ? 6 : 0);
    const at = tiff.length >= 14 ? result.indexOf(tiff) : -1;
    if (at !== -1) {
      result.fill(0, at, at + tiff.length);
      result.write('MM\0*\0\0\0\x08', at, 'latin1');
    }
  }
  const at = xmp === undefined || xmp.length < 16 ? -1 : result.indexOf(xmp);
  if (at !== -1 && xmp !== undefined) result.fill(0x20, at, at + xmp.length);
  return result;
};
