import type { Attempt, Job } from './attempt.ts';
import { countColours, looksLike, samePixels } from './compare-pixels.ts';
import { decode, type EncoderSettings, type Pixels, type Rgba, readRgba, rgbaOf } from './sharp.ts';

/**
 * PNG stays PNG. Lossless first; a picture of few colours never goes further. Then a palette (imagequant) of falling
 * quality until it fits, refused where it would show.
 */
export const compressToPng = async (job: Job): Promise<Attempt> => {
  const { facts, budget } = job;
  let encodes = 0;
  if (facts.isDeep) {
    const deep = await decode(job.source, facts, { ...job.treatment, deep: true });
    const bytes = await deep.encode(TRUECOLOUR);
    encodes += 1;
    if (bytes.length <= budget) return { bytes, quality: null, encodes, outcome: 'met' };
  }
  const pixels = await decode(job.source, facts, job.treatment);
  const size = job.treatment.width * job.treatment.height;
  const rgba = size > PALETTE_PIXELS ? null : await rgbaOf(pixels);
  const isSimple = rgba !== null && countColours(rgba, PALETTE_COLOURS) <= PALETTE_COLOURS;
  const lossless = isSimple ? await exactPalette(pixels, rgba) : await pixels.encode(TRUECOLOUR);
  encodes += 1;
  const withoutLoss = { bytes: lossless, quality: null, encodes } as const;
  if (lossless.length <= budget) return { ...withoutLoss, outcome: 'met' };
  if (isSimple || rgba === null) return { ...withoutLoss, outcome: 'floor' };
  return (await paletteLadder(job, pixels, rgba, encodes)) ?? { ...withoutLoss, outcome: 'floor' };
};

const PALETTE_COLOURS = 256;
/** Adaptive row filters at zlib level 6 come within 1 % of level 9 in half the time. */
const TRUECOLOUR: EncoderSettings = { format: 'png', options: { compressionLevel: 6, adaptiveFiltering: true } };

/** imagequant's scale; 100 still means 256 colours at most. Below 60 pngquant's own advice is to refuse. */
const PALETTE_QUALITIES = [100, 90, 75, 60];
/** A palette takes 0.1–0.4 s a megapixel: above this only one quality is tried, */
const PATIENT_PIXELS = 6_000_000;
/** and above this none, so that the largest pictures stay lossless. */
const PALETTE_PIXELS = 16_000_000;

const palette = (quality: number): EncoderSettings => ({
  format: 'png',
  options: { palette: true, quality, effort: 7, compressionLevel: 9 },
});

/** The first palette that fits, else the smallest that still looks right; null when none does. */
const paletteLadder = async (job: Job, pixels: Pixels, rgba: Rgba, before: number): Promise<Attempt | null> => {
  let last: Attempt | null = null;
  let encodes = before;
  const size = rgba.width * rgba.height;
  for (const quality of size > PATIENT_PIXELS ? [75] : PALETTE_QUALITIES) {
    const bytes = await pixels.encode(palette(quality));
    encodes += 1;
    // All 256 colours were used already: a lower quality gives the same file.
    if (last !== null && bytes.equals(last.bytes)) continue;
    if (!looksLike(rgba, await readRgba(bytes))) break;
    last = { bytes, quality, encodes, outcome: 'floor' };
    if (bytes.length <= job.budget) return { ...last, outcome: 'met' };
  }
  return last === null ? null : { ...last, encodes };
};

/** A palette without dithering holds up to 256 colours exactly; checked, because imagequant may still merge some. */
const exactPalette = async (pixels: Pixels, rgba: Rgba): Promise<Buffer> => {
  const bytes = await pixels.encode({
    format: 'png',
    options: { palette: true, quality: 100, dither: 0, effort: 10, compressionLevel: 9 },
  });
  if (samePixels(rgba, await readRgba(bytes))) return bytes;
  return pixels.encode({ format: 'png', options: { compressionLevel: 9 } });
};

/** A fixed quality: the palette's, except that 100 and pictures too large for a palette mean lossless. */
export const pngSettingsAt = (quality: number, pixels: number): EncoderSettings =>
  quality === 100 || pixels > PALETTE_PIXELS ? TRUECOLOUR : palette(quality);
