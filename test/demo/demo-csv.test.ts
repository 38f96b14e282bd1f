import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { demoCsv } from '../../src/demo/demo-csv.ts';
import { SPECIAL_LINKS } from '../../src/demo/demo-links.ts';

const origin = 'http://127.0.0.1:9';
const records: string[][] = parse(demoCsv(origin), { record_delimiter: '\r\n' });
const [header = [], ...rows] = records;
const urls = rows.map((row) => (row[2] ?? '').split(/, (?=https?:)/));

describe('the CSV of the demo', () => {
  test('has the three columns and one that Halve does not know', () => {
    assert.deepEqual(header, ['Serial Number', 'Product Name', 'Input Image Urls', 'Price']);
  });

  test('has forty products with a hundred addresses, every row with one at least', () => {
    assert.equal(rows.length, 40);
    assert.equal(urls.flat().length, 100);
    assert.deepEqual(
      urls.flat().filter((url) => !URL.canParse(url)),
      [],
    );
  });

  test('numbers its products without gap', () => {
    assert.deepEqual(
      rows.map(([serial]) => serial),
      Array.from({ length: 40 }, (_, index) => String(1001 + index)),
    );
  });

  test('has what makes catalogues hard: commas, quotes and accents in names, a comma in an address, shared pictures', () => {
    const names = rows.map((row) => row[1] ?? '');
    for (const sign of [',', '"', 'è', 'É', '‘'])
      assert.ok(
        names.some((name) => name.includes(sign)),
        sign,
      );
    assert.ok(urls.flat().some((url) => url.includes(',')));
    assert.equal(urls.flat().length - new Set(urls.flat()).size, 2);
  });

  test('has six addresses that fail and three that only look like it, each in one row', () => {
    const wrong = SPECIAL_LINKS.filter(({ fails }) => fails !== null);
    assert.equal(wrong.length, 6);
    assert.equal(new Set(wrong.map(({ fails }) => fails)).size, 6);
    for (const { address } of SPECIAL_LINKS) {
      const url = address.startsWith('/') ? origin + address : address;
      assert.equal(urls.filter((cell) => cell.includes(url)).length, 1, url);
    }
  });
});
