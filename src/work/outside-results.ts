/** Results of an outside processor become rows, counts and, with the last one, the end of the request. */
import { parseFileId } from '../core/file-id.ts';
import type { CompressOptions } from '../core/options.ts';
import { isFinished } from '../core/states.ts';
import { type FoundImage, findImages } from '../db/find-images.ts';
import { claimImages } from '../db/images.ts';
import type { Trx } from '../db/open-database.ts';
import { getRequest, moveRequest, optionsOf } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { queueFinishIfSettled } from './queue-finish.ts';
import { type Ending, type SettleContext, settleResults } from './settle-results.ts';
import type { OutsideFailure, OutsideResult, OutsideSuccess } from './settlements.ts';

/** What a message says of one image. */
export interface ImageReport {
  readonly inputUrl: string;
  /** Names the image without a search; from the message that asked for it. */
  readonly fileId: string | null;
  readonly result: Omit<OutsideSuccess, 'outcome'> | OutsideFailure;
}

/** A result that changed nothing, and why. */
export interface IgnoredReport {
  readonly input_url: string;
  readonly reason: string;
}

export interface TakenReports {
  /** Results that were taken. */
  readonly accepted: number;
  readonly ignored: IgnoredReport[];
  /** The request as it stands afterwards. */
  readonly request: RequestRow;
  /** Images nobody has to wait for any more: those just settled, and those that had been already. */
  readonly settled: readonly number[];
}

const REASONS = {
  unknown: 'no image of this request has this address',
  otherRequest: 'file_id is of another request, or of no image',
  otherImage: 'file_id and input_url are of different images',
  settled: 'this image is settled already',
  twice: 'this message has another result for this image',
} as const;

/**
 * Finds the image of a report.
 * @param findUrl see `AddressBook`; only asked for reports without `file_id`
 */
export const ordinalOf = (
  report: ImageReport,
  requestId: string,
  findUrl: (url: string) => number | null,
): number | null => {
  if (report.fileId === null) return findUrl(report.inputUrl);
  const id = parseFileId(report.fileId.toLowerCase());
  return id?.requestId === requestId ? id.ordinal : null;
};

/**
 * Settles the images of one request that the reports name and nobody has settled yet: waiting or handed out, at a press
 * or at the processor, under the first post or a later one. Each is handed out anew for it, so that whatever else is
 * still heard of it comes under an old claim and counts for nothing.
 * @param ordinals of each report, as `ordinalOf` found it
 */
export const settleReports = async (
  trx: Trx,
  request: RequestRow,
  reports: readonly ImageReport[],
  ordinals: readonly (number | null)[],
  context: SettleContext,
): Promise<TakenReports> => {
  const closed = closedReason(request);
  const found = await imagesByOrdinal(trx, request.rid, closed === null ? ordinals : []);
  const taken = new Map<number, ImageReport>();
  const settled = new Set<number>();
  const ignored: IgnoredReport[] = [];
  for (const [index, report] of reports.entries()) {
    const image = found.get(ordinals[index] ?? 0);
    const reason = closed ?? ignoredReason(report, image, taken);
    if (reason === null && image !== undefined) taken.set(image.ordinal, report);
    else ignored.push({ input_url: report.inputUrl, reason: reason ?? REASONS.unknown });
    if (reason === REASONS.settled && image !== undefined) settled.add(image.ordinal);
  }
  const after = taken.size === 0 ? request : await settleTaken(trx, request, taken, context);
  return { accepted: taken.size, ignored, request: after, settled: [...settled, ...taken.keys()] };
};

const closedReason = ({ status, finishing }: RequestRow): string | null => {
  if (status === 'CANCELLED') return 'the request was cancelled';
  return isFinished(status) || finishing === 1 ? 'the request is finished' : null;
};

const imagesByOrdinal = async (
  trx: Trx,
  rid: number,
  ordinals: readonly (number | null)[],
): Promise<ReadonlyMap<number, FoundImage>> => {
  const asked = [...new Set(ordinals.filter((ordinal) => ordinal !== null))];
  const images = asked.length === 0 ? [] : await findImages(trx, rid, asked);
  return new Map(images.map((image) => [image.asked, image]));
};

const isSettled = ({ state }: FoundImage): boolean => state === 'COMPLETED' || state === 'FAILED';

const ignoredReason = (
  { inputUrl, fileId }: ImageReport,
  image: FoundImage | undefined,
  taken: ReadonlyMap<number, ImageReport>,
): string | null => {
  if (image === undefined) return fileId === null ? REASONS.unknown : REASONS.otherRequest;
  if (image.url !== inputUrl) return fileId === null ? REASONS.unknown : REASONS.otherImage;
  if (isSettled(image)) return REASONS.settled;
  return taken.has(image.ordinal) ? REASONS.twice : null;
};

const settleTaken = async (
  trx: Trx,
  request: RequestRow,
  taken: ReadonlyMap<number, ImageReport>,
  context: SettleContext,
): Promise<RequestRow> => {
  const { rid } = request;
  // As the first chunk would have; a request that waits for a person stays PENDING until it has nothing to wait for.
  if (request.status === 'PENDING' && request.open_chunks > 0) await start(trx, rid, context.now());
  const { target, quality } = optionsOf(request);
  const claimed = await claimImages(trx, rid, [...taken.keys()]);
  const endings = claimed.flatMap((image): Ending[] => {
    const report = taken.get(image.ordinal);
    return report === undefined ? [] : [{ kind: 'outside', image, result: judged(report, { target, quality }) }];
  });
  const counted = (await settleResults(trx, request, endings, context)) ?? request;
  const whole = counted.done + counted.failed >= counted.total_images;
  if (whole && counted.status === 'PENDING') await start(trx, rid, context.now());
  const after = (await getRequest(trx, rid)) ?? counted;
  await queueFinishIfSettled(trx, context.queue, after);
  return after;
};

const start = async (trx: Trx, rid: number, now: number): Promise<void> => {
  await moveRequest(trx, rid, 'PROCESSING', { started_at: now });
};

/**
 * The outcome is only what the processor's numbers prove. Whether a picture that stayed too large is as good as
 * lossless, or would have become too bad, cannot be told without looking at it.
 */
const judged = (
  { result }: ImageReport,
  { target, quality }: Pick<CompressOptions, 'target' | 'quality'>,
): OutsideResult => {
  if (!result.ok) return result;
  const { bytesIn, bytesOut } = result;
  const known = bytesIn !== null && bytesOut !== null;
  const share = quality === null ? target : 1;
  return { ...result, outcome: known && bytesOut <= bytesIn * share ? 'met' : null };
};
