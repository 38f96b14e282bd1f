import type { Announcement } from '../../src/notify/announcement.ts';
import type { MailToSend } from '../../src/notify/mail-sender.ts';

export const OUTPUT_CSV =
  'Serial Number,Product Name,Input Image Urls,Output Image Urls\r\n1,"Grüße, 日本",https://a.example/1.jpg,\r\n';

/** A mail ready to be sent; its hand-over always succeeds. */
export const aMail = (changes: Partial<MailToSend> = {}): MailToSend => ({
  id: 'msg_0123456789abcdef0123456789abcdef',
  to: 'team@shop.example',
  subject: 'spring.csv: all 400 images done, 55 % smaller',
  text: 'All 400 images done.\n.\nA dot stood alone on the line above.\n',
  html: '<p>All 400 images done.</p>',
  attachment: {
    filename: 'spring_output.csv',
    contentType: 'text/csv; charset=utf-8',
    content: Buffer.from(OUTPUT_CSV),
  },
  onHandOver: async () => undefined,
  ...changes,
});

/** What is said about a request with 400 rows of which twelve need somebody. */
export const anAnnouncement = (changes: Partial<Announcement> = {}): Announcement => ({
  type: 'request.completed',
  timestamp: '2026-11-22T10:00:00.000Z',
  request_id: '6f1c3b0e-9a44-4d8e-b8f4-0c1d2e3f4a5b',
  status: 'COMPLETED',
  message: 'Image processing completed: 1,183 of 1,200 images done, 17 failed. 1.1 GB became 490 MB.',
  output_csv: 'https://halve.example/csvfile/6f1c_output.csv',
  errors_csv: 'https://halve.example/csvfile/6f1c_errors.csv',
  status_url: 'https://halve.example/status/6f1c',
  page_url: 'https://halve.example/requests/6f1c',
  error: null,
  file_name: 'spring.csv',
  total_rows: 400,
  total_products: 400,
  total_images: 1_200,
  done: 1_183,
  failed: 17,
  rows_to_correct: 12,
  bytes_in: 1_080_000_000,
  bytes_out: 490_000_000,
  saved_percent: 54.6,
  failures: [
    { code: 'http_status', count: 9, message: 'The server answered 404 Not Found.' },
    { code: 'not_an_image', count: 8, message: 'What came back is not an image.' },
  ],
  ...changes,
});
