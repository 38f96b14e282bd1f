/** The encoders that have a quality scale, and what the search has to know of each. */
import type { ImageFacts } from './inspect-image.ts';
import type { EncoderSettings } from './sharp.ts';

export interface LossyEncoder {
  settings(quality: number): EncoderSettings;
  /** Quality below which the search does not go, and above which nobody sees a difference; on the encoder's scale. */
  readonly floor: number;
  readonly ceiling: number;
  /** From this quality on photographs do not score under the floor (none of 16 did); nobody need look. */
  readonly trusted: number;
  /** Quality that adds about one point to the score. */
  readonly qualityAPoint: number;
  /** See `SearchPlan`. */
  readonly start: number;
  readonly slope: number;
  readonly axis: (quality: number) => number;
  readonly maxEncodes: number;
}

type Build = (facts: ImageFacts, pixels: number) => LossyEncoder;

/**
 * Settings by measurement (docs/decisions): table 3 (N. Robidoux' perceptual one, in ImageMagick and mozjpeg) looks
 * better than Annex K at equal bytes and costs nothing; optimised Huffman tables save 6 % for 5 ms a megapixel;
 * progressive and trellis cost far more than they bring while throughput counts.
 */
const jpeg: Build = (facts) => ({
  settings: (quality) => ({
    format: 'jpeg',
    options: {
      quality,
      quantisationTable: 3,
      chromaSubsampling: chroma(quality, facts),
    },
  }),
  ...JPEG_SCALE,
  slope: 0.75,
});

/** Trellis quantisation and progressive scans: 13 % fewer bytes at equal looks, five times the time. */
const thoroughJpeg: Build = (facts) => ({
  settings: (quality) => ({
    format: 'jpeg',
    options: {
      quality,
      quantisationTable: 3,
      trellisQuantisation: true,
      progressive: true,
      chromaSubsampling: chroma(quality, facts),
    },
  }),
  ...JPEG_SCALE,
  slope: 0.8,
});

/** Half the colour resolution is invisible next to quantisation below 90; from there the source decides. */
const chroma = (quality: number, { fullChroma }: ImageFacts): '4:2:0' | '4:4:4' =>
  quality >= 90 && fullChroma ? '4:4:4' : '4:2:0';

const JPEG_SCALE = {
  floor: 40,
  ceiling: 90,
  trusted: 60,
  qualityAPoint: 1.7,
  start: 75,
  maxEncodes: 6,
  /** libjpeg's own scaling of its tables (jcparam.c, jpeg_quality_scaling); bytes follow a power of it. */
  axis: (quality: number) => -Math.log((quality < 50 ? 5000 / quality : 200 - 2 * quality) || 1),
} as const;

const webp: Build = (facts, pixels) => ({
  settings: (quality) => ({
    format: 'webp',
    options: { quality, effort: webpEffort(pixels), ...webpTiming(facts) },
  }),
  floor: 50,
  ceiling: 90,
  trusted: 72,
  qualityAPoint: 2,
  start: 75,
  /** libwebp's QualityToCompression: a bent line, then a cube root, gives the quantiser's index. */
  axis: (quality) => Math.cbrt(quality < 75 ? (quality / 100) * (2 / 3) : quality / 50 - 1),
  slope: 8,
  maxEncodes: pixels <= 8_000_000 ? 6 : pixels <= 24_000_000 ? 4 : 3,
});

/** The scale of AVIF by imgproxy's rule that 63 looks like JPEG 80. */
const avif: Build = (_facts, pixels) => ({
  settings: (quality) => ({
    format: 'avif',
    options: { quality, effort: pixels > 1_500_000 ? 0 : 2, chromaSubsampling: quality >= 75 ? '4:4:4' : '4:2:0' },
  }),
  floor: 42,
  ceiling: 75,
  trusted: 52,
  qualityAPoint: 0.9,
  start: 55,
  axis: (quality) => quality,
  slope: 0.035,
  maxEncodes: 6,
});

/**
 * Efforts 4 and 2 take about 95 and 45 ms a megapixel; 2 costs 5 % more bytes. Below 2 large pictures can fail, as
 * their block modes outgrow the 512 kB VP8 has for them.
 */
const webpEffort = (pixels: number): number => (pixels <= 8_000_000 ? 4 : 2);

export const webpTiming = ({ frames, loop, delays }: ImageFacts) => (frames > 1 ? { loop, delay: [...delays] } : {});

export const LOSSY_ENCODERS = { jpeg, thoroughJpeg, webp, avif } as const;
