import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { Announcement } from '../../src/notify/announcement.ts';
import { DELIVERY_DELAYS_MS } from '../../src/notify/retry-schedule.ts';
import { readVerifier, VERIFIERS } from '../helpers/verifiers.ts';

const page = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');

/** Typed, so that a field that is added or renamed stops the types here, and then the page. */
const EXAMPLE: Announcement = {
  type: 'request.completed',
  timestamp: '2026-11-22T10:15:30.000Z',
  request_id: '3f0c9a52-b7d1-4e6e-8a4d-6f1b2c7e9a10',
  status: 'COMPLETED',
  message: 'Image processing completed: 388 of 400 images done, 12 failed. 10.8 MB became 4.9 MB.',
  output_csv: 'https://halve.example.com/csvfile/3f0c9a52-b7d1-4e6e-8a4d-6f1b2c7e9a10_output.csv',
  errors_csv: 'https://halve.example.com/csvfile/3f0c9a52-b7d1-4e6e-8a4d-6f1b2c7e9a10_errors.csv',
  status_url: 'https://halve.example.com/status/3f0c9a52-b7d1-4e6e-8a4d-6f1b2c7e9a10',
  page_url: 'https://halve.example.com/requests/3f0c9a52-b7d1-4e6e-8a4d-6f1b2c7e9a10',
  error: null,
  file_name: 'spring-catalogue.csv',
  total_rows: 180,
  total_products: 180,
  total_images: 400,
  done: 388,
  failed: 12,
  rows_to_correct: 9,
  bytes_in: 10_800_000,
  bytes_out: 4_900_000,
  saved_percent: 54.6,
  failures: [
    {
      code: 'http_status',
      count: 12,
      message: 'The server answered with an error instead of the image (404: 12).',
    },
  ],
};

/** `2 h 35 min`; the page leaves out the five seconds of the second try once there are minutes. */
const written = (ms: number): string => {
  if (ms === 0) return '0';
  if (ms < 60_000) return `${ms / 1000} s`;
  const minutes = Math.floor(ms / 60_000);
  const parts = [minutes >= 60 ? `${Math.floor(minutes / 60)} h` : '', minutes % 60 > 0 ? `${minutes % 60} min` : ''];
  return parts.filter((part) => part !== '').join(' ');
};

describe('docs/webhooks.md', () => {
  test('shows the payload as it is sent, and explains every field', () => {
    assert.ok(page.includes(`\`\`\`json\n${JSON.stringify(EXAMPLE, null, 2)}\n\`\`\``));
    const table = page.slice(page.indexOf('| field | meaning |'), page.indexOf('| header | value |'));
    for (const field of Object.keys(EXAMPLE)) assert.ok(table.includes(`\`${field}\``), field);
  });

  test('shows the retry schedule there is', () => {
    let total = 0;
    for (const [tries, delay] of DELIVERY_DELAYS_MS.webhook.entries()) {
      total += delay;
      const row = `| ${tries + 1} | ${tries === 0 ? 'at once' : written(delay)} | ${written(total)} |`;
      assert.ok(page.includes(`\n${row}\n`), row);
    }
  });

  for (const verifier of VERIFIERS) {
    test(`shows ${verifier.file} word for word`, async () => {
      const { copied } = await readVerifier(verifier);
      assert.ok(page.includes(`${copied}\n\`\`\`\n`));
    });
  }
});
