import assert from 'node:assert/strict';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { validateCatalogue } from '../../src/catalogue/validate-catalogue.ts';
import { AppError } from '../../src/core/errors.ts';
import { writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';
const MEGABYTE = 1_000_000;

const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

/** Writes `head`, then `piece` until the file has about `bytes`. */
const largeFile = async (folder: string, head: string, piece: string, bytes: number): Promise<string> => {
  const path = join(folder, 'large.csv');
  const file = await open(path, 'w');
  try {
    await file.write(head);
    const block = piece.repeat(Math.ceil(MEGABYTE / piece.length));
    for (let written = 0; written < bytes; written += block.length) await file.write(block);
  } finally {
    await file.close();
  }
  return path;
};

/** In a thread that dies with ERR_WORKER_OUT_OF_MEMORY when it holds more than a part of a 50 MB file. */
const validateInSmallHeap = async (path: string): Promise<unknown> => {
  const worker = new Worker(new URL('../helpers/validate-worker.ts', import.meta.url), {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 },
  });
  const [code]: unknown[] = await once(worker, 'message');
  await worker.terminate();
  return code;
};

describe('validateCatalogue', () => {
  test('counts products, images and faults, and lists the first faults', async (t) => {
    const rows = `1,a,"https://a,https://b"\n2,=b,https://c\n${'3,c,no\n'.repeat(150)},,\n`;
    const summary = await validateCatalogue(await writeCatalogue(await freshFolder(t), HEADER + rows));
    const { faults, dialect, ...counts } = summary;
    assert.deepEqual(counts, {
      totalProducts: 2,
      totalImages: 3,
      totalFaults: 150,
      faultyRows: 150,
      unreadable: false,
      hasFormulaCells: true,
    });
    assert.equal(dialect.width, 3);
    assert.deepEqual([faults.length, faults[0]?.row, faults[99]?.row], [100, 3, 102]);
  });

  test('a file of nothing but a header has no rows', async (t) => {
    const folder = await freshFolder(t);
    await assert.rejects(validateCatalogue(await writeCatalogue(folder, HEADER)), withCode('no_rows'));
    await assert.rejects(validateCatalogue(await writeCatalogue(folder, `${HEADER}\n,,\n`)), withCode('no_rows'));
  });

  test('a file with more images than the limit is refused', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), `${HEADER}1,a,"https://a,https://b"\n2,b,https://c\n`);
    await assert.rejects(validateCatalogue(path, { ...DEFAULT_LIMITS, maxImages: 2 }), withCode('too_many_images'));
    assert.equal((await validateCatalogue(path, { ...DEFAULT_LIMITS, maxImages: 3 })).totalImages, 3);
  });

  test('tells when the file could not be read to its end', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), `${HEADER}1,a,https://a\n2,"b,https://b\n`);
    const summary = await validateCatalogue(path);
    assert.deepEqual([summary.unreadable, summary.totalProducts, summary.faults[0]?.code], [true, 1, 'unclosed_quote']);
  });

  const hostile: readonly (readonly [what: string, head: string, piece: string, expected: string])[] = [
    ['one giant line', '', 'x', 'line_too_long'],
    ['one giant row', `${HEADER}1,a,https://a/`, 'x', 'line_too_long'],
    ['one giant row of commas', `${HEADER}1,a`, ',', 'line_too_long'],
    ['a quote that is never closed', `${HEADER}1,"a`, ',b,https://x\n', 'unclosed_quote'],
    ['a quoted cell of quotes', `${HEADER}1,"`, '""""\n', 'unclosed_quote'],
    ['NUL bytes', '', '\0', 'not_a_csv'],
    ['NUL bytes behind a good start', HEADER + '1,a,https://a\n'.repeat(10_000), '\0', 'line_too_long'],
    ['empty lines', HEADER, '\n', 'no_rows'],
    ['empty lines by CRLF', HEADER, '\r\n', 'no_rows'],
    ['carriage returns', 'Serial Number,Product Name,Input Image Urls\r', '\r', 'no_rows'],
    ['rows of one quoted cell', HEADER, '"a"\n', 'file_too_large'],
    ['rows of empty cells', HEADER, ',,\n', 'file_too_large'],
    ['good rows', HEADER, `1,${'a'.repeat(150)},"https://a/1,https://a/2"\n`, '279350 products'],
  ];
  for (const [what, head, piece, expected] of hostile) {
    test(`answers to 50 MB of ${what} in flat memory`, async (t) => {
      const path = await largeFile(await freshFolder(t), head, piece, 50 * MEGABYTE);
      assert.equal(await validateInSmallHeap(path), expected);
    });
  }
});
