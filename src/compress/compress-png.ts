import type { Attempt, Job } from './attempt.ts';
import { countColours } from './compare-pixels.ts';
import { FLOOR_SCORE, judgeOf } from './judge.ts';
import { exactPalette, planLosslessPng } from './lossless-png.ts';
import { decode, type EncoderSettings, frameOf, type Pixels, type Rgba, readRgba } from './sharp.ts';

/**
 * PNG stays PNG. Lossless first; a picture of few colours never goes further. Then a palette (imagequant) with less and
 * less of the picture in it until it fits, refused where it would show.
 */
export const compressToPng = async (job: Job): Promise<Attempt> => {
  if (!job.facts.isDeep) return compressShallow(job);
  const pixels = await decode(job.source, job.facts, { ...job.treatment, deep: true });
  const bytes = await (await planLosslessPng(pixels, job.facts)).encode();
  const isMet = bytes.length <= job.budget;
  if (isMet || job.isTiny) return { bytes, quality: null, encodes: 1, outcome: isMet ? 'met' : 'floor', isDeep: true };
  const attempt = await compressShallow(job);
  return { ...attempt, encodes: attempt.encodes + 1 };
};

/** With 8 bits a channel. */
const compressShallow = async (job: Job): Promise<Attempt> => {
  const { facts, treatment, budget } = job;
  const pixels = await decode(job.source, facts, treatment);
  const rgba = treatment.width * treatment.height > PALETTE_PIXELS ? null : await frameOf(pixels, 0, 1);
  const colours = rgba === null ? 0 : countColours(rgba, RICH);
  const withoutLoss = (bytes: Buffer, encodes: number): Attempt => {
    return { bytes, quality: null, encodes, outcome: bytes.length <= budget ? 'met' : 'floor' };
  };
  if (rgba !== null && colours <= PALETTE_COLOURS) return withoutLoss(await exactPalette(pixels, rgba), 1);
  const plan = await planLosslessPng(pixels, facts);
  if (rgba === null || job.isTiny) return withoutLoss(await plan.encode(), 1);
  const lossless = plan.estimate <= budget * ESTIMATE_ERROR ? await plan.encode() : null;
  if (lossless !== null && lossless.length <= budget) return withoutLoss(lossless, 1);
  const { found, encodes } = await palettes(job, pixels, rgba, colours > RICH);
  const spent = encodes + (lossless === null ? 0 : 1);
  const isWorth = found !== null && found.bytes.length <= (lossless?.length ?? plan.estimate) * (1 - WORTH);
  if (isWorth) return { ...found, encodes: spent };
  return withoutLoss(lossless ?? (await plan.encode()), spent + (lossless === null ? 1 : 0));
};

const PALETTE_COLOURS = 256;
/** A tenth of a picture tells its size about this well. */
const ESTIMATE_ERROR = 1.15;
/** What is given up must save at least this share of the bytes. */
const WORTH = 0.05;
/** Above this no palette is tried, so that the largest pictures stay lossless: 0.1–0.5 s a megapixel and try. */
const PALETTE_PIXELS = 16_000_000;
/** Above this two tries have to do. */
const PATIENT_PIXELS = 6_000_000;
/** From so many colours on imagequant needs seconds a megapixel at its usual effort. */
const RICH = 65_536;

/** What imagequant is asked for. Quality 100 still means 256 colours at most. */
interface Palette {
  readonly quality: number;
  /**
   * Dithering hides the bands of a smooth surface and costs 2–35 % of the bytes. Where there is no such surface it is
   * worth 0–11 points of score; the step from quality 95 to 90 is worth 2–30.
   */
  readonly dither: number;
}

/** From the best to the smallest. Below 60 pngquant's own advice is to refuse. */
const PALETTES: readonly Palette[] = [
  { quality: 100, dither: 1 },
  { quality: 95, dither: 1 },
  { quality: 95, dither: 0.5 },
  { quality: 95, dither: 0 },
  { quality: 90, dither: 0 },
  { quality: 75, dither: 0 },
  { quality: 60, dither: 0 },
];
const FEW_PALETTES: readonly Palette[] = [
  { quality: 100, dither: 1 },
  { quality: 95, dither: 0 },
];
/** So far above the budget the next palette with dithering cannot fit either. */
const FAR = 1.4;

const settingsOf = ({ quality, dither }: Palette, isRich: boolean): EncoderSettings => ({
  format: 'png',
  options: { palette: true, quality, dither, effort: isRich ? 5 : 7, compressionLevel: 9 },
});

interface Found {
  readonly found: Attempt | null;
  readonly encodes: number;
}

/** The first palette that fits, else the smallest that still looks right; null when none does. */
const palettes = async ({ budget }: Job, pixels: Pixels, rgba: Rgba, isRich: boolean): Promise<Found> => {
  const judge = judgeOf(rgba);
  let found: Attempt | null = null;
  let encodes = 0;
  const ladder = [...(rgba.width * rgba.height > PATIENT_PIXELS ? FEW_PALETTES : PALETTES)];
  for (let palette = ladder.shift(); palette !== undefined; palette = ladder.shift()) {
    const bytes = await pixels.encode(settingsOf(palette, isRich));
    encodes += 1;
    if (bytes.length > budget * FAR && palette.dither === 1 && ladder.length > 1) ladder.shift();
    // All 256 colours were used already: a lower quality gives the same file.
    if (found !== null && bytes.length >= found.bytes.length) continue;
    const score = judge.score(await readRgba(bytes));
    if (score === null || score < FLOOR_SCORE) break;
    const { quality } = palette;
    found = { bytes, quality, encodes, outcome: bytes.length <= budget ? 'met' : 'floor', score };
    if (found.outcome === 'met') break;
  }
  return { found, encodes };
};

/** A fixed quality: the palette's, except that 100 and pictures too large for a palette mean lossless. */
export const pngSettingsAt = (quality: number, pixels: number): EncoderSettings =>
  quality === 100 || pixels > PALETTE_PIXELS
    ? { format: 'png', options: { compressionLevel: 6, adaptiveFiltering: true } }
    : settingsOf({ quality, dither: 1 }, false);
