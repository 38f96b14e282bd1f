import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CatalogueRow, FaultyRow, ProductRow } from '../../src/catalogue/catalogue-row.ts';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { readLines, readRows } from '../../src/catalogue/read-rows.ts';
import { AppError } from '../../src/core/errors.ts';
import { allRows, catalogueFile, encode, writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';

const product = (row: CatalogueRow | undefined): ProductRow => {
  assert.equal(row?.kind, 'product', JSON.stringify(row));
  return row;
};
const faulty = (row: CatalogueRow | undefined): FaultyRow => {
  assert.equal(row?.kind, 'faulty', JSON.stringify(row));
  return row;
};
const codes = (row: CatalogueRow | undefined): string[] => faulty(row).faults.map((fault) => fault.code);

describe('readRows', () => {
  const rowsOf = async (t: { after: (fn: () => unknown) => void }, content: string | Uint8Array) =>
    allRows(await writeCatalogue(await freshFolder(t), content));

  test('gives every cell and address of generated files as they were written', async (t) => {
    const folder = await freshFolder(t);
    await fc.assert(
      fc.asyncProperty(catalogueFile, async (file) => {
        const path = await writeCatalogue(folder, encode(file.text, file.encoding, file.bom));
        const { columns } = await detectDialect(path);
        // Runs of empty lines are one row here.
        const rows = (await allRows(path)).flatMap((row) => Array.from({ length: row.record.count }, () => row));
        assert.equal(rows.length, file.records.length);
        for (const [index, model] of file.records.entries()) {
          const row = rows[index];
          if (model.kind === 'blank' || model.kind === 'empty') assert.equal(row?.kind, 'blank');
          else {
            assert.ok(row !== undefined && row.kind !== 'blank');
            assert.equal(row.serialNumber, (model.values[columns.serialNumber] ?? '').trim());
            assert.equal(row.productName, (model.values[columns.productName] ?? '').trim());
            if (model.urls.length === 0) assert.deepEqual(codes(row), ['missing_url']);
            else assert.deepEqual(product(row).urls, model.urls);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('numbers rows and lines: blanks count as rows, quoted line breaks as lines', async (t) => {
    const rows = await rowsOf(t, `\n${HEADER}1,"a\nb",https://a\n\n\r\n,,\n,,https://b\n`);
    assert.deepEqual(
      rows.map(({ kind, row, line }) => [kind, row, line]),
      [
        ['product', 1, 3],
        ['blank', 2, 5],
        ['blank', 4, 7],
        ['product', 5, 8],
      ],
    );
    assert.deepEqual([product(rows[3]).serialNumber, product(rows[3]).productName], ['', '']);
  });

  const spills: readonly (readonly [what: string, row: string, urls: readonly string[]])[] = [
    ['a list', '1,a,https://a,https://b, https://c', ['https://a', 'https://b', 'https://c']],
    ['one address with commas', '1,a,https://cdn.x/w_100,h_200/a.jpg', ['https://cdn.x/w_100,h_200/a.jpg']],
    [
      'a list of addresses with commas',
      '1,a,https://c/w_1,c_fill,h_2/a.jpg,https://c/w_1,h_2/b.jpg',
      ['https://c/w_1,c_fill,h_2/a.jpg', 'https://c/w_1,h_2/b.jpg'],
    ],
    ['an empty place', '1,a,https://a,,https://b', ['https://a', 'https://b']],
    ['surplus empty cells', '1,a,https://a,,,', ['https://a']],
    ['a remark behind the table', '1,a,https://a,out of stock', ['https://a']],
    ['a word behind the table', '1,a,https://a/1.jpg,Red', ['https://a/1.jpg']],
    ['a price behind the table', '1,a,https://a/1.jpg,https://a/2.png,49.90', ['https://a/1.jpg', 'https://a/2.png']],
    ['the rest of a query', '1,a,https://a/img?size=200,300', ['https://a/img?size=200,300']],
  ];
  for (const [what, row, urls] of spills) {
    test(`a row longer than the header: ${what}`, async (t) => {
      assert.deepEqual(product((await rowsOf(t, `${HEADER}${row}\n`))[0]).urls, urls);
    });
  }

  test('a spilled list before other columns is read when it is clear, and a fault when it is not', async (t) => {
    const header = 'Serial Number,Input Image Urls,Product Name,Page\n';
    const [clear, page, cut, remark] = await rowsOf(
      t,
      `${header}1,https://a,https://b,Shoe,x\n2,https://a,https://b,Shoe,https://page\n` +
        '3,https://c/w_1,h_2/a.jpg,Shoe,x\n4,https://a,Shoe,x,remark\n',
    );
    assert.deepEqual(product(clear).urls, ['https://a', 'https://b']);
    assert.deepEqual(codes(page), ['ambiguous_list']);
    assert.match(faulty(page).faults[0]?.detail ?? '', /5 cells, the header 4/);
    assert.deepEqual(codes(cut), ['ambiguous_list']);
    assert.deepEqual(product(remark).urls, ['https://a']);
  });

  test('every fault of a row has its code, column and sentence', async (t) => {
    const long = `https://a/${'x'.repeat(2_048)}`;
    const rows = await rowsOf(
      t,
      `${HEADER}1,a,\n2,b\n3,c,"ftp://x,https://ok,https://"\n4,d,"${long}|https://ok"\n5,e,"${'https://a,'.repeat(101)}"\n` +
        `6,"f" g,https://a\n7,h${',x'.repeat(64)}\n8,i, large,https://a\n9,j,//cdn/x.jpg\n10,k,"https://a/\tx"\n11,l,https://a\n`,
    );
    assert.deepEqual(rows.slice(0, 10).map(codes), [
      ['missing_url'],
      ['missing_url'],
      ['bad_url', 'bad_url'],
      ['url_too_long'],
      ['too_many_urls'],
      ['bad_quote'],
      ['too_many_columns'],
      ['bad_url'],
      ['bad_url'],
      ['bad_url'],
    ]);
    assert.equal(product(rows[10]).row, 11);
    const [first] = faulty(rows[2]).faults;
    assert.deepEqual(
      { ...first, detail: '' },
      { row: 3, line: 4, column: 'Input Image Urls', code: 'bad_url', detail: '' },
    );
    assert.match(first?.detail ?? '', /Image 1 of 3 .*"ftp:\/\/x"/);
    assert.match(faulty(rows[7]).faults[0]?.detail ?? '', /4 cells, the header 3.*quotes/);
  });

  test('a NUL far behind the start of the file is the fault of its row', async (t) => {
    const filler = '1,a,https://a\n'.repeat(20_000);
    const rows = await rowsOf(t, `${HEADER}${filler}2,b\0,https://b\n3,c,https://c\n`);
    assert.deepEqual(codes(rows.at(-2)), ['bad_character']);
    assert.equal(product(rows.at(-1)).serialNumber, '3');
  });

  test('reading ends at an unclosed quote, with the line where it was opened', async (t) => {
    const rows = await rowsOf(t, `${HEADER}1,a,https://a\n2,"b,https://b\n${'3,c,https://c\n'.repeat(100_000)}`);
    assert.equal(rows.length, 2);
    assert.deepEqual(
      [faulty(rows[1]).fatal, faulty(rows[1]).faults[0]?.line, codes(rows[1])[0]],
      [true, 3, 'unclosed_quote'],
    );
  });

  test('lone surrogates and broken UTF-8 are shown as U+FFFD and do not stop the reading', async (t) => {
    const utf16 = await rowsOf(t, Buffer.from(`\ufeff${HEADER}1,a\ud800b,https://a\n`, 'utf16le'));
    assert.equal(product(utf16[0]).productName, 'a\ufffdb');
    const bytes = Buffer.concat([Buffer.from(`\ufeff${HEADER}1,a`), Buffer.from([0xff]), Buffer.from(',https://a\n')]);
    assert.equal(product((await rowsOf(t, bytes))[0]).productName, 'a\ufffd');
  });

  test('all lines together are the file', async (t) => {
    const content = `sep=,\r\n\r\n${HEADER}1,"a\nb",https://a\r\n\n\n,,\nx`;
    const path = await writeCatalogue(await freshFolder(t), content);
    let text = '';
    for await (const lines of readLines(path, await detectDialect(path))) {
      for (const { record } of lines) text += record.text + record.lineEnd;
    }
    assert.equal(text, content);
  });

  test('stops at the signal and at too many rows', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), HEADER + '1,a,https://a\n'.repeat(10));
    const dialect = await detectDialect(path);
    const aborted = readRows(path, dialect, DEFAULT_LIMITS, AbortSignal.abort());
    await assert.rejects(aborted.next(), { name: 'AbortError' });
    await assert.rejects(
      readRows(path, dialect, { ...DEFAULT_LIMITS, maxRows: 9 }).next(),
      (error: unknown) => error instanceof AppError && error.code === 'file_too_large',
    );
  });
});
