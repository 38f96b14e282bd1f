import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunSummary, summarise } from '../../src/cli/summary.ts';

const files = {
  outputCsv: 'shop_halved/shop_output.csv',
  errorsCsv: 'shop_halved/shop_errors.csv',
  reportCsv: 'shop_halved/shop_report.csv',
  images: 'shop_halved/images',
};
const someFailed: RunSummary = {
  total: 100,
  done: 94,
  failed: 6,
  bytesIn: 31_200_000,
  bytesOut: 14_900_000,
  seconds: 8.24,
  failures: [
    {
      code: 'timed_out',
      message: 'cdn.example did not answer within 30 s.',
      count: 1,
      examples: [{ place: 'row 7', product: '', url: 'https://cdn.example/a.jpg' }],
    },
    {
      code: 'http_status',
      message: 'The server answered 404 Not Found.',
      count: 5,
      examples: [{ place: 'row 12', product: 'Vase, "raw"\u001b[2J', url: 'https://shop.example/vase.jpg' }],
    },
  ],
  errorRows: 5,
  files,
};
const plain = { unicode: false, colour: false };

describe('summarise', () => {
  test('some failed: result, reasons by size with example and advice, files, next step', () => {
    assert.equal(
      summarise(someFailed, plain),
      `94 of 100 images done. 31.2 MB -> 14.9 MB (52 % saved), in 8.2 s.

6 images failed:
  5 x http_status: The server answered 404 Not Found.
      such as row 12 (Vase, "raw"[2J): https://shop.example/vase.jpg
      Open the address in a browser; correct it, or ask whoever runs the server.
  1 x timed_out: cdn.example did not answer within 30 s.
      row 7: https://cdn.example/a.jpg
      Check that the server is fast enough, then retry.

Output CSV  shop_halved/shop_output.csv
Errors CSV  shop_halved/shop_errors.csv
Report CSV  shop_halved/shop_report.csv
Images      shop_halved/images

Next: correct the 5 rows in shop_halved/shop_errors.csv and run halve on that file.
The same command again tries only the 6 failed images (worth it: some of these failures may be over soon).
`,
    );
  });

  test('all done', () => {
    const run = {
      ...someFailed,
      done: 100,
      failed: 0,
      failures: [],
      errorRows: 0,
      files: { ...files, errorsCsv: null },
    };
    assert.equal(
      summarise(run, { unicode: true, colour: false }),
      `All 100 images done. 31.2 MB → 14.9 MB (52 % saved), in 8.2 s.

Output CSV  shop_halved/shop_output.csv
Report CSV  shop_halved/shop_report.csv
Images      shop_halved/images

Next: use the output CSV in place of your own; its last column has the new addresses.
`,
    );
  });

  test('none done: no bytes, no share; one failure is not promised to pass by itself', () => {
    const failure = { code: 'corrupt_image', message: 'Damaged.', count: 1, examples: [] } as const;
    const run = {
      ...someFailed,
      total: 1,
      done: 0,
      failed: 1,
      bytesIn: 0,
      bytesOut: 0,
      errorRows: 1,
      failures: [failure],
    };
    const text = summarise(run, plain);
    assert.match(text, /^None of the 1 image could be done\.\n\n1 image failed:\n {2}1 x corrupt_image: Damaged\.\n/);
    assert.match(text, /Next: correct the row in .*\nThe same command again tries only the failed image\.\n$/);
  });

  test('rows left out though every image is done still ask for a correction', () => {
    const run = { ...someFailed, done: 94, total: 94, failed: 0, failures: [], errorRows: 3 };
    const text = summarise(run, plain);
    assert.match(text, /^All 94 images done\./);
    assert.match(text, /Next: correct the 3 rows in shop_halved\/shop_errors\.csv and run halve on that file\.\n$/);
  });

  test('many reasons: the largest eight, then a count', () => {
    const failures = Array.from({ length: 10 }, (_, index) => ({
      code: 'http_status' as const,
      message: `Answer ${index}.`,
      count: index + 1,
      examples: [],
    }));
    const text = summarise({ ...someFailed, failures, failed: 55 }, plain);
    assert.match(text, /10 x http_status: Answer 9\./);
    assert.doesNotMatch(text, /Answer 1\./);
    assert.match(text, /and 3 more images for other reasons/);
  });

  test('colour marks the result and the codes', () => {
    const text = summarise(someFailed, { unicode: true, colour: true });
    assert.ok(text.startsWith('\u001b[1m\u001b[33m94 of 100 images done.'));
    assert.ok(text.includes('5 × \u001b[31mhttp_status\u001b[39m:'));
  });
});
