/** Rows of the database in the words of the status (design 2.2). Pure, but for links that have to be signed. */
import type { Static } from '@fastify/type-provider-typebox';
import { formatFileId } from '../core/file-id.ts';
import type { LoggedDelivery } from '../db/deliveries.ts';
import type { FailureCount } from '../db/failures.ts';
import { hasErrorsFile } from '../db/requests.ts';
import type { ImageRow, ProductRow, RequestRow } from '../db/schema.ts';
import type { StatusPage } from '../db/status-rows.ts';
import { groupFailures } from '../results/group-failures.ts';
import type { OutputLinks } from '../work/output-links.ts';
import { deliveryAnswer } from './delivery-answer.ts';
import { isoTime, isoTimeOrNull } from './iso-time.ts';
import type { Receipt, StatusAnswer } from './status-schema.ts';

/** What a request as a whole is described from; {@link readSummaryFacts} finds it. */
export interface SummaryFacts {
  readonly request: RequestRow;
  readonly failures: readonly FailureCount[];
  /** Images a second, or null when nobody knows. */
  readonly rate: number | null;
  readonly deliveries: readonly LoggedDelivery[];
  /** Why all work rests, or null. */
  readonly paused: string | null;
}

export interface StatusFacts extends SummaryFacts {
  readonly page: StatusPage;
}

/** The status of a request without its products: what event streams show. */
export type StatusSummary = Omit<Static<typeof StatusAnswer>, 'products' | 'next'>;

export const statusAnswer = async (facts: StatusFacts, links: OutputLinks): Promise<Static<typeof StatusAnswer>> => ({
  ...(await statusSummary(facts, links)),
  products: facts.page.products.map(({ product, images }) => productOf(facts.request, product, images, links)),
  next: facts.page.next === null ? null : String(facts.page.next),
});

export const statusSummary = async (
  { request, failures, rate, deliveries, paused }: SummaryFacts,
  links: OutputLinks,
): Promise<StatusSummary> => ({
  request_id: request.id,
  status: request.status,
  paused: request.finished_at === null ? paused : null,
  progress: progressOf(request, rate),
  bytes_in: request.bytes_in,
  bytes_out: request.bytes_out,
  saved_percent: request.bytes_in === 0 ? null : tenths(100 * (1 - request.bytes_out / request.bytes_in)),
  created_at: isoTime(request.created_at),
  started_at: isoTimeOrNull(request.started_at),
  finished_at: isoTimeOrNull(request.finished_at),
  output_csv: await outputCsvUrl(request, links),
  errors_csv: hasErrorsFile(request) ? await links.csv(request.id, 'errors') : null,
  error: request.error,
  failures: groupFailures(failures),
  deliveries: deliveries.map(deliveryAnswer),
});

export const outputCsvUrl = async (request: RequestRow, links: OutputLinks): Promise<string | null> =>
  request.finished_at === null ? null : links.csv(request.id, 'output');

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

const productOf = (
  request: RequestRow,
  product: ProductRow,
  images: readonly ImageRow[],
  links: OutputLinks,
): Static<typeof StatusAnswer>['products'][number] => {
  const receipts = images.map((image) => receiptOf(request, image, links));
  return {
    row: product.row,
    serial_number: product.serial_number,
    product_name: product.product_name,
    input_image_urls: receipts.map(({ input_url }) => input_url),
    output_image_urls: receipts.map(({ output_url }) => output_url),
    images: receipts,
  };
};

const receiptOf = (request: RequestRow, image: ImageRow, links: OutputLinks): Static<typeof Receipt> => {
  // An image whose URL came before has the file of that one.
  const file = { requestId: request.id, ordinal: image.same_as ?? image.ordinal };
  const { state, outcome, code, message, bytes_in, bytes_out, format, width, height } = image;
  const { quality, score, encodes, engine, tries } = image;
  const url = image.output_url ?? (image.file === null ? null : links.image({ ...file, file: image.file }));
  return {
    file_id: formatFileId(file),
    input_url: image.url,
    output_url: state === 'COMPLETED' ? url : null,
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
