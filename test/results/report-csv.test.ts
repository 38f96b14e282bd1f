import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Dialect } from '../../src/catalogue/dialect.ts';
import { type ReportRow, reportCsv } from '../../src/results/report-csv.ts';
import { bytesOf } from '../helpers/catalogue-files.ts';

const DIALECT: Dialect = {
  encoding: 'utf-8',
  bom: true,
  delimiter: ';',
  newline: '\r\n',
  sepLine: false,
  hasHeader: true,
  quotesAll: false,
  width: 3,
  header: [],
  columns: { serialNumber: 0, productName: 1, inputUrls: 2, outputUrls: null, error: null },
};

const ROW: ReportRow = {
  row: 1,
  n: 2,
  serial_number: '-1',
  product_name: '=HYPERLINK("x"); ü€',
  url: 'https://a',
  output_url: null,
  state: 'COMPLETED',
  outcome: 'met',
  code: null,
  message: null,
  bytes_in: 1000,
  bytes_out: 1100,
  format: 'jpeg',
  width: 10,
  height: 20,
  quality: 75,
  score: null,
  encodes: 2,
  engine: 'sharp',
  tries: 1,
};

const report = (dialect: Dialect, rows: readonly ReportRow[]): Promise<Buffer> =>
  bytesOf(
    reportCsv(
      dialect,
      (async function* () {
        yield* rows;
      })(),
    ),
  );

describe('reportCsv', () => {
  test('has a line for each image, formulas guarded, negative numbers left alone', async () => {
    const bytes = await report(DIALECT, [ROW]);
    const [first] = parse(bytes, { bom: true, delimiter: ';', columns: true });
    assert.deepEqual(Object.values(first ?? {}), [
      ...['1', "'-1", '\'=HYPERLINK("x"); ü€', '2', 'https://a', '', 'COMPLETED', 'met', '', '', '1000', '1100', '-10'],
      ...['jpeg', '10', '20', '75', '', '2', 'sharp', '1'],
    ]);
    assert.ok(String(bytes).endsWith('\r\n'));
  });

  test('is written in the encoding of the file, many rows in pieces', async () => {
    const windows = await report({ ...DIALECT, encoding: 'windows-1252', bom: false }, [
      { ...ROW, product_name: 'ü€😀' },
    ]);
    assert.ok(windows.includes(Buffer.from([0xfc, 0x80, 0x3f])), 'a character the encoding lacks becomes ?');
    const utf16 = await report(
      { ...DIALECT, encoding: 'utf-16le' },
      Array.from({ length: 1_200 }, () => ROW),
    );
    assert.equal(parse(utf16.toString('utf16le'), { bom: true, delimiter: ';' }).length, 1_201);
  });
});
