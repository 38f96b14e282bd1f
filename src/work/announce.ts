import { formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { hasErrorsFile } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import {
  ANNOUNCEMENT_TYPES,
  type AnnouncedFailure,
  type AnnouncedStatus,
  type Announcement,
} from '../notify/announcement.ts';
import type { CountedFailure } from '../results/group-failures.ts';
import { groupFailures } from '../results/group-failures.ts';
import type { OutputLinks } from './output-links.ts';

/** Reasons named at most; with messages of 300 characters they stay far below the 20 kB of a webhook. */
const MAX_FAILURES = 10;

export interface AnnouncementFacts {
  /** Ended: its status is terminal and its result files stand. */
  readonly request: RequestRow;
  readonly failures: readonly CountedFailure[];
  /** Products with a failed image. */
  readonly failedProducts: number;
}

/** What is to be said about a request that has ended. */
export const announcementOf = async (
  { request, failures, failedProducts }: AnnouncementFacts,
  links: OutputLinks,
): Promise<Announcement> => {
  const { id, bytes_in, bytes_out, finished_at } = request;
  const status = endStatus(request);
  return {
    type: ANNOUNCEMENT_TYPES[status],
    timestamp: new Date(finished_at ?? 0).toISOString(),
    request_id: id,
    status,
    message: messageOf(request),
    output_csv: await links.csv(id, 'output'),
    errors_csv: hasErrorsFile(request) ? await links.csv(id, 'errors') : null,
    status_url: links.status(id),
    page_url: links.page(id),
    error: request.error,
    file_name: request.file_name,
    total_rows: request.total_products + request.faulty_rows,
    total_products: request.total_products,
    total_images: request.total_images,
    done: request.done,
    failed: request.failed,
    rows_to_correct: failedProducts + request.faulty_rows,
    bytes_in,
    bytes_out,
    saved_percent: bytes_in === 0 ? null : Math.floor(1_000 * (1 - bytes_out / bytes_in)) / 10,
    failures: groupFailures(failures).slice(0, MAX_FAILURES).map(shortened),
  };
};

const endStatus = ({ status, id }: RequestRow): AnnouncedStatus => {
  if (status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED') return status;
  throw new TypeError(`request ${id} has not ended: ${status}`);
};

const shortened = ({ code, count, message }: AnnouncedFailure): AnnouncedFailure => ({
  code,
  count,
  message: message.length > 300 ? `${message.slice(0, 299)}…` : message,
});

/** The result in one sentence. */
const messageOf = (request: RequestRow): string => {
  const { status, total_images: total, done, failed, bytes_in, bytes_out } = request;
  const sizes = bytes_in > 0 ? ` ${formatBytes(bytes_in)} became ${formatBytes(bytes_out)}.` : '';
  if (status === 'CANCELLED')
    return `Cancelled; ${formatCount(done)} of ${formatCounted(total, 'image')} were done.${sizes}`;
  if (failed === 0)
    return `Image processing completed successfully: all ${formatCounted(total, 'image')} done.${sizes}`;
  const counts = `${formatCount(done)} of ${formatCounted(total, 'image')} done, ${formatCount(failed)} failed.`;
  return `${request.error === null ? 'Image processing completed' : 'Image processing failed'}: ${counts}${sizes}`;
};
