/** A finished request as the examples show it. */
import type { Static } from '@fastify/type-provider-typebox';
import { EXAMPLE_FILE_ID, EXAMPLE_ID, EXAMPLE_URL } from './example-ids.ts';
import type { Delivery, Receipt, StatusAnswer } from './status-schema.ts';

const IMAGE_URL = `${EXAMPLE_URL}/image/${EXAMPLE_FILE_ID}`;

const DONE: Static<typeof Receipt> = {
  file_id: EXAMPLE_FILE_ID,
  input_url: 'https://shop.example/pictures/mug-front.jpg',
  output_url: IMAGE_URL,
  state: 'COMPLETED',
  outcome: 'met',
  code: null,
  message: null,
  bytes_in: 482_113,
  bytes_out: 239_876,
  format: 'jpeg',
  width: 1_600,
  height: 1_200,
  quality: 71,
  score: null,
  encodes: 3,
  engine: 'sharp',
  attempts: 1,
};

const FAILED: Static<typeof Receipt> = {
  ...DONE,
  file_id: `${EXAMPLE_ID}-2`,
  input_url: 'https://shop.example/pictures/mug-back.jpg',
  output_url: null,
  state: 'FAILED',
  outcome: 'failed',
  code: 'http_status',
  message: 'The server answered 404 Not Found.',
  bytes_in: null,
  bytes_out: null,
  format: null,
  width: null,
  height: null,
  quality: null,
  encodes: null,
  engine: null,
};

export const EXAMPLE_DELIVERY: Static<typeof Delivery> = {
  id: 'msg_3f0d2a9c5c5e4c0f9a53b1f7d6a1e2b4',
  kind: 'webhook',
  state: 'DELIVERED',
  target: 'https://shop.example/hooks/halve',
  created_at: '2026-01-02T03:05:01.120Z',
  next_attempt_at: null,
  attempts: [
    {
      at: '2026-01-02T03:05:01.208Z',
      result: '200 OK',
      ok: true,
      answer_code: 200,
      ms: 84,
      by_hand: false,
    },
  ],
};

export const EXAMPLE_STATUS: Static<typeof StatusAnswer> = {
  request_id: EXAMPLE_ID,
  status: 'COMPLETED',
  paused: null,
  progress: { total: 2, done: 1, failed: 1, percent: 100, images_per_second: null, eta_seconds: null },
  bytes_in: 482_113,
  bytes_out: 239_876,
  saved_percent: 50.2,
  created_at: '2026-01-02T03:04:58.004Z',
  started_at: '2026-01-02T03:04:58.031Z',
  finished_at: '2026-01-02T03:05:01.120Z',
  output_csv: `${EXAMPLE_URL}/csvfile/${EXAMPLE_ID}_output.csv`,
  errors_csv: `${EXAMPLE_URL}/csvfile/${EXAMPLE_ID}_errors.csv`,
  error: null,
  failures: [
    {
      code: 'http_status',
      count: 1,
      message: 'The server answered with an error instead of the image (404: 1).',
    },
  ],
  deliveries: [EXAMPLE_DELIVERY],
  products: [
    {
      row: 1,
      serial_number: '1',
      product_name: 'Mug, blue',
      input_image_urls: [DONE.input_url, FAILED.input_url],
      output_image_urls: [IMAGE_URL, null],
      images: [DONE, FAILED],
    },
  ],
  next: null,
};
