import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { splitCells, unquote } from '../../src/catalogue/cells.ts';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import { excelSafe } from '../../src/results/excel-safe.ts';
import { bytesOf, catalogueFile, encode, writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const HEADER = 'Serial Number,Product Name,Input Image Urls\n';

describe('excelSafe', () => {
  test('puts an apostrophe before what a spreadsheet would run, and changes nothing else', async (t) => {
    const rows = '=1+1,"=HYPERLINK(""x"")",https://a\n+1,-1,@SUM\n"\tx","\rx", =1\n＝1,"  =1",a=b\n1-2,\'=1,"a,=b"\n';
    const path = await writeCatalogue(await freshFolder(t), HEADER + rows);
    const bytes = Buffer.from(HEADER + rows);
    assert.equal(
      String(await bytesOf(excelSafe(await detectDialect(path), inPieces(bytes, 1_000)))),
      `${HEADER}'=1+1,"'=HYPERLINK(""x"")",https://a\n'+1,'-1,'@SUM\n"'\tx","'\rx",' =1\n'＝1,"'  =1",a=b\n1-2,'=1,"a,=b"\n`,
    );
  });

  test('in every dialect, in pieces of any size: no cell runs, a second pass finds nothing, apostrophes are all there is', async (t) => {
    const folder = await freshFolder(t);
    await fc.assert(
      fc.asyncProperty(catalogueFile, fc.integer({ min: 1, max: 64 }), async (file, size) => {
        const bytes = encode(file.text, file.encoding, file.bom);
        const dialect = await detectDialect(await writeCatalogue(folder, bytes));
        const safe = await bytesOf(excelSafe(dialect, inPieces(bytes, size)));
        assert.deepEqual(await bytesOf(excelSafe(dialect, inPieces(safe, 64))), safe);
        const cells = file.records.flatMap(({ raw }) => raw.map(unquote));
        const dangerous = cells.filter((cell) => /^\s*[=+\-@]|^[\t\r\n]/.test(cell)).length;
        const unit = file.encoding.startsWith('utf-16') ? 2 : 1;
        assert.equal(safe.length, bytes.length + dangerous * unit);
      }),
      { numRuns: 150 },
    );
  });

  test('leaves the sep= line alone', async (t) => {
    const text = `sep=,\n${HEADER}1,a,https://a\n`;
    const path = await writeCatalogue(await freshFolder(t), text);
    assert.equal(String(await bytesOf(excelSafe(await detectDialect(path), inPieces(Buffer.from(text), 7)))), text);
    assert.equal(splitCells('sep=,', ',').length, 2, 'which is why it needs a case of its own');
  });
});
