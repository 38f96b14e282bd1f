/** JPEG to JPEG: on the coefficients where that is possible, by way of the pixels where it is not. */
import type { Attempt, Job } from './attempt.ts';
import { compressToJpeg } from './compress-lossy.ts';
import { fitJpeg, jpegAtQuality } from './jpeg/fit-jpeg.ts';
import { JpegFault } from './jpeg/jpeg-fault.ts';
import { hasOwnMark } from './jpeg/own-mark.ts';
import { type JpegSource, readCoefficients } from './jpeg/read-coefficients.ts';
import { LIMITS } from './limits.ts';

/** The engine of `jpeg/`, as receipts name it. */
const ENGINE = 'halve-jpeg';

/**
 * Quality of libjpeg's scale below which the engine does not go, and above which nobody sees a difference. The floor is
 * lower than for encoders that start from pixels: what a coarse JPEG still has survives its requantising
 * (docs/decisions/018).
 */
export const JPEG_QUALITIES = { floor: 25, ceiling: 90 } as const;

/** Makes a JPEG of any picture fit the budget; null when it is one of ours and would be halved a second time. */
export const compressJpeg = async (job: Job): Promise<Attempt | null> => {
  // Of one that is cut off nothing can be kept; what there is of it is worth a second pass.
  if (isSameSize(job) && hasOwnMark(job.source) && job.facts.cutOff === null) return null;
  return (
    onCoefficients(job, ({ source, icc }) => {
      const { bytes, quality, end, passes } = fitJpeg(source.coefficients, {
        budget: job.budget,
        icc,
        ...JPEG_QUALITIES,
        memory: job.memory,
      });
      const outcome = end === 'ceiling' ? 'visually_lossless' : end;
      return { bytes: asBuffer(bytes), quality, encodes: passes, outcome, engine: ENGINE };
    }) ?? compressToJpeg(job)
  );
};

const isSameSize = ({ facts, treatment }: Job): boolean =>
  treatment.width === facts.width && treatment.height === facts.height;

/** The same at a quality; null when only the pixels will do. */
export const jpegAt = (job: Job, quality: number): Attempt | null =>
  onCoefficients(job, ({ source, icc }) => {
    const bytes = asBuffer(jpegAtQuality(source.coefficients, { quality, icc, memory: job.memory }));
    return { bytes, quality, encodes: 1, outcome: 'met', engine: ENGINE };
  });

/**
 * Null for what needs pixels: another format or size, a turn, a conversion of colours, kinds of JPEG the engine does not
 * read, and faults of which sharp decides whether they are harmless.
 */
const onCoefficients = (
  job: Job,
  make: (picture: { source: JpegSource; icc: Uint8Array | null }) => Attempt,
): Attempt | null => {
  if (job.source.length > LIMITS.coefficientBytes) return null;
  const { format, orientation, profile, cutOff } = job.facts;
  if (format !== 'jpeg' || !isSameSize(job) || orientation !== 1 || profile === 'converted' || cutOff !== null)
    return null;
  try {
    const source = readCoefficients(job.source, { maxPixels: LIMITS.pixels, memory: job.memory });
    const icc = profile === 'kept' ? source.icc : null;
    if (profile === 'kept' && icc === null) return null;
    return make({ source, icc });
  } catch (error) {
    if (error instanceof JpegFault) return null;
    throw error;
  } finally {
    job.memory.reset();
  }
};

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Buffer =>
  Buffer.from(buffer, byteOffset, length);
