import { createHash } from 'node:crypto';
import { compressImage } from '../compress/compress-image.ts';
import { inspectImage } from '../compress/inspect-image.ts';
import type { Memory } from '../compress/jpeg/memory.ts';
import { toAppError } from '../core/errors.ts';
import type { CompressOptions } from '../core/options.ts';
import type { WeightedSemaphore } from '../core/weighted-semaphore.ts';
import type { Downloader } from '../fetch/download.ts';
import { type HostGate, type LeaveHost, wasTried } from '../fetch/host-gate.ts';
import type { BlobStore } from '../store/blob-store.ts';
import { imageKey } from '../store/keys.ts';
import type { ImageFailure, ImageResult, ImageTask } from './press-messages.ts';

/** What a press has to work with. */
export interface PressTools {
  readonly downloader: Downloader;
  readonly gate: HostGate;
  readonly store: BlobStore;
  /** Source files in memory, downloaded or being downloaded; weight 1 each. */
  readonly buffers: WeightedSemaphore;
  /** Pictures in decoders; weighed in pixel-equivalents. */
  readonly pixels: WeightedSemaphore;
  /** Pictures being worked on at once; weight 1 each. */
  readonly processors: WeightedSemaphore;
  readonly memory: Memory;
}

export interface ImageJob {
  readonly requestId: string;
  readonly options: CompressOptions;
  readonly image: ImageTask;
  readonly signal: AbortSignal;
  /** Called right before the bytes go to a decoder. */
  readonly onDecoding: () => void;
}

/** The story of one image: fetch, inspect, compress, store. Never throws; a failure is a result. */
export const processImage = async (job: ImageJob, tools: PressTools): Promise<ImageResult> => {
  const gate = new BufferedGate(tools);
  let bytesIn: number | null = null;
  try {
    const { bytes: source } = await tools.downloader.download(job.image.url, { signal: job.signal, gate });
    bytesIn = source.byteLength;
    const downloadMs = performance.now() - gate.enteredAt;
    return await compressAndStore(job, tools, source, downloadMs);
  } catch (error) {
    return failureOf(job.image, error, bytesIn);
  } finally {
    gate.giveBack();
  }
};

/**
 * A place in memory is taken only when the host has let us in: waiting for a slow host must not keep the files of other
 * hosts out. A redirect to another host enters a second gate but needs no second place.
 */
class BufferedGate implements HostGate {
  /** When the first host had let us in and there was a place, in ms of the monotonic clock. */
  enteredAt = 0;
  readonly #tools: PressTools;
  #leavePlace: (() => void) | null = null;

  constructor(tools: PressTools) {
    this.#tools = tools;
  }

  async enter(host: string, signal: AbortSignal): Promise<LeaveHost> {
    const leave = await this.#tools.gate.enter(host, signal);
    if (this.#leavePlace !== null) return leave;
    this.#leavePlace = await this.#tools.buffers.acquire(1);
    this.enteredAt = performance.now();
    return leave;
  }

  giveBack(): void {
    this.#leavePlace?.();
  }
}

const compressAndStore = async (
  { requestId, options, image, onDecoding }: ImageJob,
  tools: PressTools,
  source: Buffer,
  downloadMs: number,
): Promise<ImageResult> => {
  let compressMs = 0;
  const { bytes, ...made } = await inTurn(tools.processors, 1, async () => {
    onDecoding();
    const seen = await inspectImage(source, options);
    return inTurn(tools.pixels, seen.decodeCost, async () => {
      const start = performance.now();
      const compressed = await compressImage(source, seen, options, tools.memory);
      compressMs = performance.now() - start;
      return compressed;
    });
  });
  const key = imageKey({ requestId, row: image.row, n: image.n, url: image.url, format: made.format });
  await tools.store.put(key, bytes, { contentType: `image/${made.format}` });
  return {
    ok: true,
    ordinal: image.ordinal,
    claim: image.claim,
    file: key.slice(key.lastIndexOf('/') + 1),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytesIn: source.byteLength,
    bytesOut: bytes.byteLength,
    downloadMs,
    compressMs,
    ...made,
  };
};

const inTurn = async <T>(places: WeightedSemaphore, weight: number, work: () => Promise<T>): Promise<T> => {
  const giveBack = await places.acquire(weight);
  try {
    return await work();
  } finally {
    giveBack();
  }
};

const failureOf = (image: ImageTask, thrown: unknown, bytesIn: number | null): ImageFailure => {
  const error = toAppError(thrown, 'image_failed');
  const { code, message, retryable, retryAfterMs = null, group = null } = error;
  const { ordinal, claim } = image;
  return { ok: false, ordinal, claim, code, message, retryable, retryAfterMs, group, tried: wasTried(error), bytesIn };
};
