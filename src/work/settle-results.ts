/** The results of images become rows, counts and the next pieces of work, in one transaction. */
import { ERRORS } from '../core/errors.ts';
import { addFailures } from '../db/failures.ts';
import { type Settlement, settleImage, unclaimImage } from '../db/images.ts';
import type { Trx } from '../db/open-database.ts';
import { addCounts } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import { type Backoff, MAX_CRASHES, nextStep } from './next-step.ts';
import type { ImageFailure, ImageResult, ImageSuccess } from './press-messages.ts';

/** An image as it was handed out, with the counts it had then. */
export interface HandedOut {
  readonly ordinal: number;
  readonly claim: number;
  readonly tries: number;
  readonly crashes: number;
}

/** What became of one handed-out image. */
export type Ending =
  | { readonly kind: 'result'; readonly image: HandedOut; readonly result: ImageResult }
  /** Its press died while it was being decoded. */
  | { readonly kind: 'crashed'; readonly image: HandedOut }
  /** Not tried to the end, for a reason that is not its own (shutdown, a press that died over another image). */
  | { readonly kind: 'given-back'; readonly image: HandedOut };

export interface SettleContext {
  readonly queue: Queue;
  readonly now: () => number;
  readonly backoff: Backoff;
}

/**
 * Applies the endings of images of one request and answers the request as it then stands, or null when it is gone.
 * A late result (its claim is not the current one) changes nothing.
 */
export const settleResults = async (
  trx: Trx,
  request: Pick<RequestRow, 'rid' | 'duplicates'>,
  endings: readonly Ending[],
  context: SettleContext,
): Promise<RequestRow | null> => {
  const tally = new Tally();
  const again: Again[] = [];
  for (const ending of endings) {
    const next = await applyEnding(trx, request, ending, context, tally);
    if (next !== null) again.push(next);
  }
  for (const failure of tally.failures()) await addFailures(trx, request.rid, failure);
  const jobs = groupAgain(request.rid, again, context.now());
  await context.queue.enqueue(trx, jobs);
  return (await addCounts(trx, request.rid, { ...tally.changes, openRetries: jobs.length })) ?? null;
};

const applyEnding = async (
  trx: Trx,
  request: Pick<RequestRow, 'rid' | 'duplicates'>,
  ending: Ending,
  context: SettleContext,
  tally: Tally,
): Promise<Again | null> => {
  const image = { rid: request.rid, ordinal: ending.image.ordinal, claim: ending.image.claim };
  const next = nextEnding(ending, context.backoff);
  if (next.kind === 'again') {
    const back = await unclaimImage(trx, image, { tries: next.tries, crashes: next.crashes });
    return back ? { ordinal: image.ordinal, solo: next.crashes > 0, delayMs: next.delayMs } : null;
  }
  const tries = ending.image.tries + 1;
  const settlement = next.result.ok ? successRow(next.result, tries) : failureRow(next.result, tries);
  tally.add(next.result, await settleImage(trx, image, settlement, request.duplicates > 0));
  return null;
};

type NextEnding =
  | { readonly kind: 'settle'; readonly result: ImageResult }
  | { readonly kind: 'again'; readonly tries: number; readonly crashes: number; readonly delayMs: number };

const nextEnding = (ending: Ending, backoff: Backoff): NextEnding => {
  const { tries, crashes } = ending.image;
  switch (ending.kind) {
    case 'given-back':
      return { kind: 'again', tries, crashes, delayMs: 0 };
    case 'crashed':
      if (crashes + 1 >= MAX_CRASHES) return { kind: 'settle', result: crashFailure(ending.image) };
      return { kind: 'again', tries: tries + 1, crashes: crashes + 1, delayMs: 0 };
    case 'result':
      return nextAfterResult(ending.result, ending.image, backoff);
  }
};

const nextAfterResult = (result: ImageResult, { tries, crashes }: HandedOut, backoff: Backoff): NextEnding => {
  if (result.ok) return { kind: 'settle', result };
  if (!result.tried) return { kind: 'again', tries, crashes, delayMs: result.retryAfterMs ?? 0 };
  const step = nextStep(result, tries + 1, backoff);
  if (step.kind === 'give-up') return { kind: 'settle', result };
  return { kind: 'again', tries: tries + 1, crashes, delayMs: step.delayMs };
};

/** An image that goes back into the queue. */
interface Again {
  readonly ordinal: number;
  readonly solo: boolean;
  readonly delayMs: number;
}

/**
 * Queue entries for images to be tried again. Those whose waits are of the same size share one, so that a dead server
 * does not fill the queue with an entry an image; a suspect of a crash always gets its own.
 */
const groupAgain = (rid: number, images: readonly Again[], now: number): NewJob[] => {
  const groups = new Map<string, Again[]>();
  for (const image of images) {
    const key = image.solo ? `solo ${image.ordinal}` : String(Math.ceil(Math.log2(image.delayMs + 1)));
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  return [...groups.values()].map((group) => ({
    kind: 'images',
    rid,
    payload: { ordinals: group.map((image) => image.ordinal), solo: group.some((image) => image.solo), retry: true },
    runAt: now + Math.max(...group.map((image) => image.delayMs)),
  }));
};

const crashFailure = (image: HandedOut): ImageFailure => ({
  ok: false,
  ordinal: image.ordinal,
  claim: image.claim,
  code: 'decoder_crashed',
  message: ERRORS.decoder_crashed.message,
  retryable: false,
  retryAfterMs: null,
  group: null,
  tried: true,
  bytesIn: null,
});

const successRow = (result: ImageSuccess, tries: number): Settlement => ({
  state: 'COMPLETED',
  outcome: result.outcome,
  code: null,
  message: null,
  file: result.file,
  sha256: result.sha256,
  format: result.format,
  width: result.width,
  height: result.height,
  bytes_in: result.bytesIn,
  bytes_out: result.bytesOut,
  quality: result.quality,
  score: result.score,
  encodes: result.encodes,
  engine: result.engine,
  tries,
});

const failureRow = (result: ImageFailure, tries: number): Settlement => ({
  state: 'FAILED',
  outcome: 'failed',
  code: result.code,
  message: result.message,
  file: null,
  sha256: null,
  format: null,
  width: null,
  height: null,
  bytes_in: result.bytesIn,
  bytes_out: null,
  quality: null,
  score: null,
  encodes: null,
  engine: null,
  tries,
});

/** Sums up settled images, so that a request's counts are written once for a whole batch. */
class Tally {
  readonly changes = { done: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  readonly #failures = new Map<string, { code: string; detail: string; count: number }>();

  add(result: ImageResult, images: number): void {
    if (images === 0) return;
    if (result.ok) {
      this.changes.done += images;
      this.changes.bytesIn += images * result.bytesIn;
      this.changes.bytesOut += images * result.bytesOut;
      return;
    }
    this.changes.failed += images;
    const key = `${result.code} ${result.group ?? ''}`;
    const known = this.#failures.get(key) ?? { code: result.code, detail: result.group ?? '', count: 0 };
    this.#failures.set(key, { ...known, count: known.count + images });
  }

  failures(): Iterable<{ code: string; detail: string; count: number }> {
    return this.#failures.values();
  }
}
