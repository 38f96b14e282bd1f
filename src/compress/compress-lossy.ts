import { type Attempt, type Job, outputPixels } from './attempt.ts';
import { LIMITS } from './limits.ts';
import { LOSSY_ENCODERS, type LossyEncoder } from './lossy-encoders.ts';
import { type Estimate, estimateStart } from './sample-size.ts';
import { AIM, type SearchResult, searchQuality } from './search-quality.ts';
import { decode, type Pixels } from './sharp.ts';

/** JPEG: fast settings first; where they cannot halve the file above the floor, the thorough ones. */
export const compressToJpeg = async (job: Job): Promise<Attempt> => {
  const pixels = await decode(job.source, job.facts, job.treatment, LIMITS.pixels);
  const size = outputPixels(job);
  const fast = LOSSY_ENCODERS.jpeg(job.facts, size);
  const estimate = await estimateStart(pixels, job.facts, fast, job.budget);
  // When the sample says clearly that the floor will not fit, the fast encode would be thrown away.
  const mayTryHarder = size <= THOROUGH_PIXELS;
  const isHopeless = mayTryHarder && estimate !== null && estimate.sizeAt(fast.floor) > job.budget * 1.05;
  const first = isHopeless ? null : await search(pixels, fast, job.budget, estimate);
  if (first !== null && (first.end !== 'floor' || !mayTryHarder)) return toAttempt(first);

  const thorough = LOSSY_ENCODERS.thoroughJpeg(job.facts, size);
  const floorSize = first?.best.bytes.length ?? estimate?.sizeAt(fast.floor) ?? job.budget;
  const start = startOfThorough(thorough, floorSize, job.budget);
  const second = await search(pixels, thorough, job.budget, { start, slope: thorough.slope });
  const attempt = toAttempt(second);
  return { ...attempt, encodes: attempt.encodes + (first?.encodes ?? 0) };
};

export const search = (
  pixels: Pixels,
  encoder: LossyEncoder,
  budget: number,
  estimate: Pick<Estimate, 'start' | 'slope'> | null,
): Promise<SearchResult> =>
  searchQuality({
    encode: (quality) => pixels.encode(encoder.settings(quality)),
    budget,
    floor: encoder.floor,
    ceiling: encoder.ceiling,
    axis: encoder.axis,
    maxEncodes: encoder.maxEncodes,
    start: estimate?.start ?? encoder.start,
    slope: estimate?.slope ?? encoder.slope,
  });

/** Beyond this the thorough settings take half a second an encode, and three times the memory of the pixels. */
const THOROUGH_PIXELS = 12_000_000;
/** Trellis quantisation takes about 14 % off the bytes of the fast settings at the same quality number. */
const TRELLIS_SHARE = 0.86;

const startOfThorough = ({ axis, floor, slope }: LossyEncoder, fastFloorSize: number, budget: number): number => {
  const room = Math.log((budget * AIM) / (fastFloorSize * TRELLIS_SHARE)) / slope;
  let quality = floor;
  while (quality < 60 && axis(quality + 1) - axis(floor) <= room) quality += 1;
  return quality;
};

export const toAttempt = ({ best, encodes, end }: SearchResult): Attempt => ({
  bytes: best.bytes,
  quality: best.quality,
  encodes,
  outcome: end === 'ceiling' ? 'visually_lossless' : end,
});
