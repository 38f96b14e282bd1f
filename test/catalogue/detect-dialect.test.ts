import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import type { Dialect } from '../../src/catalogue/dialect.ts';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { AppError } from '../../src/core/errors.ts';
import { allRows, catalogueFile, encode, writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

type Content = string | Uint8Array;

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('detectDialect', () => {
  test('finds every dialect again, for generated files', async (t) => {
    const folder = await freshFolder(t);
    await fc.assert(
      fc.asyncProperty(catalogueFile, async (file) => {
        const path = await writeCatalogue(folder, encode(file.text, file.encoding, file.bom));
        const dialect = await detectDialect(path);
        assert.equal(dialect.delimiter, file.delimiter);
        assert.equal(dialect.newline, file.newline);
        assert.equal(dialect.sepLine, file.sepLine);
        assert.equal(dialect.bom, file.bom);
        assert.equal(dialect.width, file.header.length);
        // All-ASCII text is the same in both encodings of one byte.
        const isAscii = !/[^\t-~]/.test(file.text);
        if (!(isAscii && file.encoding === 'windows-1252')) assert.equal(dialect.encoding, file.encoding);
        assert.deepEqual(dialect, JSON.parse(JSON.stringify(dialect)), 'plain data');
      }),
      { numRuns: 150 },
    );
  });

  const accepted: readonly (readonly [what: string, content: Content, expected: Partial<Dialect>])[] = [
    [
      'a semicolon file whose cells are full of commas (PapaParse #600)',
      'sku;Producto, nombre;Name;Images (separadas por comas, sin espacios)\n1;a,b,c;x;https://a,https://b,https://c\n',
      { delimiter: ';', width: 4 },
    ],
    ['no header: three columns by position', '1,Shoe,https://a\n', { hasHeader: false, width: 3, header: [] }],
    ['no header, spilled list', '1,Shoe,https://a,https://b\n', { hasHeader: false, width: 3 }],
    ['no header, semicolons', '1;A, B;https://a,https://b\n', { hasHeader: false, delimiter: ';' }],
    ['empty lines above the header', `\r\n\r\n${HEADER}`, { hasHeader: true, delimiter: ',' }],
    ['all cells in quotes', '"id","name","image"\n"1","a","https://a"\n', { quotesAll: true }],
    [
      'sep= of another delimiter than the names suggest',
      'sep=|\nid|name|image|a;b\n1|a|https://a\n',
      { delimiter: '|', sepLine: true },
    ],
    ['a lone CR inside a cell of a file with line feeds', `${HEADER}1,"a\rb",https://a\n`, { newline: '\n' }],
    [
      'an exact name beats an alias',
      'ID,Serial Number,Name,Product Name,Images,Input Image Urls\n',
      { columns: { serialNumber: 1, productName: 3, inputUrls: 5, outputUrls: null, error: null } },
    ],
    [
      'the closer alias wins (WooCommerce)',
      'ID,Type,SKU,Name,Images\n',
      { columns: { serialNumber: 2, productName: 3, inputUrls: 4, outputUrls: null, error: null } },
    ],
    [
      'our own columns',
      'Halve Error,Output Image Urls,# ,Title,Photo URL\n',
      { columns: { serialNumber: 2, productName: 3, inputUrls: 4, outputUrls: 1, error: 0 } },
    ],
    ['UTF-16 without a mark', Buffer.from(HEADER, 'utf16le'), { encoding: 'utf-16le', bom: false }],
    ['UTF-16 BE without a mark', Buffer.from(HEADER, 'utf16le').swap16(), { encoding: 'utf-16be', bom: false }],
    ['Latin letters that are no UTF-8', latin1(`${HEADER}1,M\xfcller,https://a\n`), { encoding: 'windows-1252' }],
  ];
  for (const [what, content, expected] of accepted) {
    test(what, async (t) => {
      const dialect = await detectDialect(await writeCatalogue(await freshFolder(t), content));
      assert.deepEqual({ ...dialect, ...expected }, dialect);
    });
  }

  const names = ['S. No.', 'Sr No', 'serial_number', 'SERIAL-NUMBER', 'Serial No.', 'SKU', 'ID', 'Nr.', '#'];
  for (const name of names) {
    test(`"${name}" is the serial number`, async (t) => {
      const path = await writeCatalogue(await freshFolder(t), `x,${name},Product,Image URL(s)\n`);
      assert.equal((await detectDialect(path)).columns.serialNumber, 1);
    });
  }

  test('the first umlaut of a long file decides between UTF-8 and Windows-1252', async (t) => {
    const folder = await freshFolder(t);
    const filler = '1,a,https://a/b.jpg\n'.repeat(30_000);
    const utf8 = await writeCatalogue(folder, `${HEADER}${filler}2,ü€😀,https://a\n`);
    assert.equal((await detectDialect(utf8)).encoding, 'utf-8');
    const windows = await writeCatalogue(folder, latin1(`${HEADER}${filler}2,\x80\xfc,https://a\n`));
    assert.equal((await detectDialect(windows)).encoding, 'windows-1252');
    const last = (await allRows(windows)).at(-1);
    assert.equal(last?.kind === 'product' && last.productName, '€ü');
  });

  test('UTF-8 characters across the pieces of a file are whole', async (t) => {
    const folder = await freshFolder(t);
    for (const shift of ['', 'x', 'xx', 'xxx']) {
      const path = await writeCatalogue(
        folder,
        `${HEADER}1,${shift}${'😀'.repeat(15_000)},https://a\n${`2,"${'é\n'.repeat(500)}",https://b\n`.repeat(300)}`,
      );
      assert.equal((await detectDialect(path)).encoding, 'utf-8');
    }
    const cut = await writeCatalogue(folder, Buffer.concat([Buffer.from(HEADER), Buffer.from([0xf0, 0x9f, 0x98])]));
    assert.equal((await detectDialect(cut)).encoding, 'windows-1252', 'a character cut off at the end is no UTF-8');
  });

  const refused: readonly (readonly [what: string, code: string, content: Content, detail: RegExp])[] = [
    ['an empty file', 'empty_file', '', /empty/],
    ['only a byte order mark', 'empty_file', '\ufeff', /empty/],
    ['only empty lines', 'empty_file', '\r\n\n\n', /empty lines/],
    ['a PNG image', 'not_a_csv', latin1('\x89PNG\r\n\x1a\n\0\0\0'), /PNG image/],
    ['a workbook', 'not_a_csv', latin1('PK\x03\x04\x14\0'), /Excel.*as CSV/],
    ['an old workbook', 'not_a_csv', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), /Excel/],
    ['a gzip archive', 'not_a_csv', latin1('\x1f\x8b\x08\0'), /gzip/],
    ['a web page', 'not_a_csv', '\n<!DOCTYPE html><title>Sign in</title>', /web page/],
    ['NUL bytes', 'not_a_csv', '\0'.repeat(10_000), /NUL/],
    ['text with a NUL byte', 'not_a_csv', `${HEADER}1,a\0,https://a\n`, /NUL/],
    ['other binary data', 'not_a_csv', latin1('\x01\x02\x03abc\x7f\x05'.repeat(50)), /binary/],
    ['UTF-16 cut in the middle', 'not_a_csv', Buffer.from(`\ufeff${HEADER}`, 'utf16le').subarray(0, -1), /cut off/],
    ['UTF-32', 'not_a_csv', latin1('\xff\xfe\0\0S\0\0\0'), /UTF-32/],
    ['no names and no addresses', 'missing_columns', '1,Shoe,red\n2,Boot,blue\n', /Serial Number.*"Shoe"/],
    ['prose', 'missing_columns', 'Dear team,\nplease find the catalogue attached.\n', /"Dear team"/],
    [
      'one name missing',
      'missing_columns',
      'SKU;Preis;Image\n',
      /Missing.*Product Name\. It has "SKU", "Preis", "Image", separated by semicolons/,
    ],
    ['one name twice', 'missing_columns', 'id,name,image,Image\n', /3 and 4/],
    ['too many columns', 'too_many_columns', `${HEADER.trim()}${',x'.repeat(62)}\n`, /more than 64/],
    ['a first line without end', 'line_too_long', 'x'.repeat(400_000), /Line 1/],
    ['a million columns', 'line_too_long', `${','.repeat(1_000_000)}\n`, /Line 1/],
    ['an open quote in the first line', 'unclosed_quote', '"Serial Number,Product Name\n1,2\n', /line 1/],
  ];
  for (const [what, code, content, detail] of refused) {
    test(`refuses ${what}`, async (t) => {
      const path = await writeCatalogue(await freshFolder(t), content);
      await assert.rejects(detectDialect(path), (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, code);
        assert.match(error.message, detail);
        return true;
      });
    });
  }

  test('a missing file and a folder cannot be read; a file over the limit is not looked at', async (t) => {
    const folder = await freshFolder(t);
    const withCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
    await assert.rejects(detectDialect(`${folder}/none.csv`), withCode('unreadable_input'));
    await assert.rejects(detectDialect(folder), withCode('unreadable_input'));
    const path = await writeCatalogue(folder, `${HEADER}1,a,https://a\n`);
    await assert.rejects(detectDialect(path, { ...DEFAULT_LIMITS, maxBytes: 20 }), withCode('file_too_large'));
  });
});
