/** What is said about a request that has ended; webhooks send it as it is, e-mails are written from it. */

export const ANNOUNCEMENT_TYPES = {
  COMPLETED: 'request.completed',
  FAILED: 'request.failed',
  CANCELLED: 'request.cancelled',
} as const;
export type AnnouncedStatus = keyof typeof ANNOUNCEMENT_TYPES;

/** Why images failed; the most frequent reasons only, so that a payload stays below 20 kB. */
export interface AnnouncedFailure {
  readonly code: string;
  readonly count: number;
  readonly message: string;
}

/**
 * The body of a webhook (design 2.5), in the order and under the names it is sent with. `type` and `timestamp` are those
 * of Standard Webhooks; the rest is flat, because receivers of the older systems read `request_id`, `status`,
 * `output_csv` and `message` at the top.
 */
export interface Announcement {
  readonly type: (typeof ANNOUNCEMENT_TYPES)[AnnouncedStatus];
  /** When the request ended: ISO 8601, UTC. */
  readonly timestamp: string;
  readonly request_id: string;
  readonly status: AnnouncedStatus;
  /** One sentence for people: "388 of 400 images done, 12 failed; 10.8 MB became 4.9 MB." */
  readonly message: string;
  readonly output_csv: string;
  /** Null when there is nothing to correct. */
  readonly errors_csv: string | null;
  readonly status_url: string;
  /** The same for people. */
  readonly page_url: string;
  /** Why the request itself failed, or null. */
  readonly error: string | null;
  readonly file_name: string | null;
  /** Rows of the file: its products, and rows left out because they could not be read. */
  readonly total_rows: number;
  readonly total_products: number;
  readonly total_images: number;
  readonly done: number;
  readonly failed: number;
  /** Rows a person has to look at: those with a failed image, and those left out because they could not be read. */
  readonly rows_to_correct: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** One decimal; null when nothing was done. */
  readonly saved_percent: number | null;
  readonly failures: readonly AnnouncedFailure[];
}
