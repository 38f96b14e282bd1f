import { EXAMPLE_ID } from '../../http/example-ids.ts';
import type { Announcement } from '../../notify/announcement.ts';

/** The type of test events: receivers take them without doing anything. */
export const TEST_TYPE = 'webhook.test';

type TestEvent = Omit<Announcement, 'type'> & { readonly type: typeof TEST_TYPE };

/** An announcement as it comes for a request, but for its type; the request does not exist. */
export const testEvent = (now: Date, publicUrl: string): TestEvent => ({
  type: TEST_TYPE,
  timestamp: now.toISOString(),
  request_id: EXAMPLE_ID,
  status: 'COMPLETED',
  message: 'This is a test. 388 of 400 images done, 12 failed; 10.8 MB became 4.9 MB.',
  output_csv: `${publicUrl}/csvfile/${EXAMPLE_ID}_output.csv`,
  errors_csv: `${publicUrl}/csvfile/${EXAMPLE_ID}_errors.csv`,
  status_url: `${publicUrl}/status/${EXAMPLE_ID}`,
  page_url: `${publicUrl}/requests/${EXAMPLE_ID}`,
  error: null,
  file_name: 'test.csv',
  total_rows: 100,
  total_products: 100,
  total_images: 400,
  done: 388,
  failed: 12,
  rows_to_correct: 11,
  bytes_in: 10_800_000,
  bytes_out: 4_900_000,
  saved_percent: 54.6,
  failures: [{ code: 'http_status', count: 12, message: 'The server answered 404 Not Found.' }],
});
