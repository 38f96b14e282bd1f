/** The results of images become rows, counts and the next pieces of work, in one transaction. */
import { ERRORS, type ErrorCode } from '../core/errors.ts';
import { addFailures } from '../db/failures.ts';
import { unclaimImage } from '../db/images.ts';
import type { Trx } from '../db/open-database.ts';
import { addCounts } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { type Settlement, settleImage } from '../db/settle-images.ts';
import type { NewJob, Queue } from '../queue/queue.ts';
import type { Journal } from './journal.ts';
import { type Backoff, MAX_CRASHES, nextStep } from './next-step.ts';
import type { ImageFailure, ImageResult } from './press-messages.ts';
import { failureRow, type OutsideResult, outsideRow, successRow } from './settlements.ts';

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
  /** An outside processor said so; it is settled either way. */
  | { readonly kind: 'outside'; readonly image: HandedOut; readonly result: OutsideResult }
  /** Its press died while it was being decoded. */
  | { readonly kind: 'crashed'; readonly image: HandedOut }
  /** Not tried to the end, for a reason that is not its own (shutdown, a press that died over another image). */
  | { readonly kind: 'given-back'; readonly image: HandedOut };

export interface SettleParts {
  readonly queue: Queue;
  readonly now: () => number;
  readonly backoff: Backoff;
  readonly newJournal: () => Journal;
}

export interface SettleContext extends Omit<SettleParts, 'newJournal'> {
  /** Notes what becomes of each image; whoever commits has it tell. */
  readonly journal: Journal;
}

/**
 * Applies the endings of images of one request and answers the request as it then stands, or null when it is gone.
 * A late result (its claim is not the current one) changes nothing.
 */
export const settleResults = async (
  trx: Trx,
  request: Pick<RequestRow, 'rid' | 'id' | 'duplicates'>,
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
  request: Pick<RequestRow, 'rid' | 'id' | 'duplicates'>,
  ending: Ending,
  context: SettleContext,
  tally: Tally,
): Promise<Again | null> => {
  const { ordinal, claim } = ending.image;
  const image = { rid: request.rid, ordinal, claim };
  const next = nextEnding(ending, context.backoff);
  if (next.kind === 'again') {
    const { tries, crashes, delayMs } = next;
    if (!(await unclaimImage(trx, image, { tries, crashes }))) return null;
    const code = failureCode(ending);
    if (code !== null) context.journal.again({ requestId: request.id, ordinal, code, tries, delayMs });
    return { ordinal, solo: crashes > 0, delayMs };
  }
  const images = await settleImage(trx, image, next.settlement, request.duplicates > 0);
  tally.add(next, images);
  const work = ending.kind === 'result' && ending.result.ok ? ending.result : null;
  context.journal.settled({ requestId: request.id, ordinal, settlement: next.settlement, images, work });
  return null;
};

/** Why a hand-out came to nothing; null when that was not the image's doing. */
const failureCode = (ending: Ending): ErrorCode | null => {
  if (ending.kind === 'crashed') return 'decoder_crashed';
  return ending.kind === 'result' && !ending.result.ok ? ending.result.code : null;
};

interface Settled {
  readonly settlement: Settlement;
  /** See `AppErrorOptions.group`. */
  readonly group: string | null;
}

type NextEnding =
  | ({ readonly kind: 'settle' } & Settled)
  | { readonly kind: 'again'; readonly tries: number; readonly crashes: number; readonly delayMs: number };

const nextEnding = (ending: Ending, backoff: Backoff): NextEnding => {
  const { tries, crashes } = ending.image;
  switch (ending.kind) {
    case 'given-back':
      return { kind: 'again', tries, crashes, delayMs: 0 };
    case 'crashed':
      if (crashes + 1 >= MAX_CRASHES) return settle(crashFailure(ending.image), tries);
      return { kind: 'again', tries: tries + 1, crashes: crashes + 1, delayMs: 0 };
    case 'result':
      return nextAfterResult(ending.result, ending.image, backoff);
    case 'outside':
      return { kind: 'settle', settlement: outsideRow(ending.result, tries), group: null };
  }
};

const settle = (result: ImageResult, tries: number): NextEnding => ({
  kind: 'settle',
  settlement: result.ok ? successRow(result, tries) : failureRow(result, tries),
  group: result.ok ? null : result.group,
});

const nextAfterResult = (result: ImageResult, { tries, crashes }: HandedOut, backoff: Backoff): NextEnding => {
  if (result.ok) return settle(result, tries);
  if (!result.tried) return { kind: 'again', tries, crashes, delayMs: result.retryAfterMs ?? 0 };
  const step = nextStep(result, tries + 1, backoff);
  if (step.kind === 'give-up') return settle(result, tries);
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

/** Sums up settled images, so that a request's counts are written once for a whole batch. */
class Tally {
  readonly changes = { done: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  readonly #failures = new Map<string, { code: string; detail: string; count: number }>();

  add({ settlement, group }: Settled, images: number): void {
    if (images === 0) return;
    const { code, bytes_in, bytes_out } = settlement;
    if (code === null) {
      this.changes.done += images;
      // An image of which only one size is known would falsify what was saved in all.
      if (bytes_in === null || bytes_out === null) return;
      this.changes.bytesIn += images * bytes_in;
      this.changes.bytesOut += images * bytes_out;
      return;
    }
    this.changes.failed += images;
    const key = `${code} ${group ?? ''}`;
    const known = this.#failures.get(key) ?? { code, detail: group ?? '', count: 0 };
    this.#failures.set(key, { ...known, count: known.count + images });
  }

  failures(): Iterable<{ code: string; detail: string; count: number }> {
    return this.#failures.values();
  }
}
