/** Rows of the database in the words of the status (design 2.2). Pure. */
import type { Static } from '@fastify/type-provider-typebox';
import { ERRORS, isImageErrorCode } from '../core/errors.ts';
import { formatFileId } from '../core/file-id.ts';
import type { FailureCount } from '../db/failures.ts';
import type { ImageRow, ProductRow, RequestRow } from '../db/schema.ts';
import type { StatusPage } from '../db/status-rows.ts';
import type { OutputUrl } from '../work/output-url.ts';
import type { Links } from './links.ts';
import type { Receipt, StatusAnswer } from './schemas.ts';

export interface StatusFacts {
  readonly request: RequestRow;
  readonly page: StatusPage;
  readonly failures: readonly FailureCount[];
  /** Images a second, or null when nobody knows. */
  readonly rate: number | null;
}

export const statusAnswer = (
  { request, page, failures, rate }: StatusFacts,
  links: Links,
  outputUrl: OutputUrl,
): Static<typeof StatusAnswer> => ({
  request_id: request.id,
  status: request.status,
  progress: progressOf(request, rate),
  bytes_in: request.bytes_in,
  bytes_out: request.bytes_out,
  saved_percent: request.bytes_in === 0 ? null : tenths(100 * (1 - request.bytes_out / request.bytes_in)),
  created_at: isoTime(request.created_at),
  started_at: isoTimeOrNull(request.started_at),
  finished_at: isoTimeOrNull(request.finished_at),
  output_csv: outputCsvUrl(request, links),
  errors_csv: hasErrorsCsv(request) ? links.csv(request.id, 'errors') : null,
  error: request.error,
  failures: groupFailures(failures),
  deliveries: [],
  products: page.products.map(({ product, images }) => productOf(request, product, images, outputUrl)),
  next: page.next === null ? null : String(page.next),
});

/** Times as users get them: ISO 8601, UTC. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
export const isoTimeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export const outputCsvUrl = (request: RequestRow, links: Links): string | null =>
  request.finished_at === null ? null : links.csv(request.id, 'output');

/** Only a finished request has result files, and only one with failures or left-out rows has anything to correct. */
const hasErrorsCsv = (request: RequestRow): boolean =>
  request.finished_at !== null && (request.failed > 0 || request.faulty_rows > 0);

/** Rounded down: 100 is said only when nothing is left. */
const tenths = (value: number): number => Math.floor(value * 10) / 10;

const progressOf = (
  { total_images: total, done, failed, finished_at }: RequestRow,
  rate: number | null,
): Static<typeof StatusAnswer>['progress'] => {
  const settled = done + failed;
  const known = finished_at === null && rate !== null && rate > 0;
  return {
    total,
    done,
    failed,
    percent: total === 0 ? 100 : tenths((100 * settled) / total),
    images_per_second: known ? Math.round(rate * 100) / 100 : null,
    eta_seconds: known ? Math.ceil((total - settled) / rate) : null,
  };
};

/** Different statuses named in one message at most; the rest is an ellipsis. */
const MAX_DETAILS = 8;

/** One entry a code, most frequent first; where a code was counted in groups, the message lists them. */
const groupFailures = (counts: readonly FailureCount[]): Static<typeof StatusAnswer>['failures'] =>
  [...Map.groupBy(counts, ({ code }) => code)]
    .map(([code, groups]) => ({
      code,
      count: groups.reduce((sum, { count }) => sum + count, 0),
      message: failureMessage(code, groups),
    }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));

const failureMessage = (code: string, groups: readonly FailureCount[]): string => {
  const message = isImageErrorCode(code) ? ERRORS[code].message : ERRORS.image_failed.message;
  const details = groups.filter(({ detail }) => detail !== '').map(({ detail, count }) => `${detail}: ${count}`);
  if (details.length === 0) return message;
  const listed = details.slice(0, MAX_DETAILS).join(', ') + (details.length > MAX_DETAILS ? ', …' : '');
  return `${message.replace(/\.$/, '')} (${listed}).`;
};

const productOf = (
  request: RequestRow,
  product: ProductRow,
  images: readonly ImageRow[],
  outputUrl: OutputUrl,
): Static<typeof StatusAnswer>['products'][number] => {
  const receipts = images.map((image) => receiptOf(request, image, outputUrl));
  return {
    serial_number: product.serial_number,
    product_name: product.product_name,
    input_image_urls: receipts.map(({ input_url }) => input_url),
    output_image_urls: receipts.map(({ output_url }) => output_url),
    images: receipts,
  };
};

const receiptOf = (request: RequestRow, image: ImageRow, outputUrl: OutputUrl): Static<typeof Receipt> => {
  // An image whose URL came before has the file of that one.
  const file = { requestId: request.id, ordinal: image.same_as ?? image.ordinal };
  const { state, outcome, code, message, bytes_in, bytes_out, format, width, height } = image;
  const { quality, score, encodes, engine, tries } = image;
  const stored = state === 'COMPLETED' ? image.file : null;
  return {
    file_id: formatFileId(file),
    input_url: image.url,
    output_url: stored === null ? null : outputUrl({ ...file, file: stored }),
    // A cancelled request works on nothing any more, even if the row does not say so yet.
    state: request.status === 'CANCELLED' && state === 'PROCESSING' ? 'PENDING' : state,
    outcome,
    code,
    message,
    bytes_in,
    bytes_out,
    format,
    width,
    height,
    quality,
    score,
    encodes,
    engine,
    attempts: tries,
  };
};
