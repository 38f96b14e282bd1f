import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { validateCatalogue } from '../../src/catalogue/validate-catalogue.ts';
import { errorsCsv, type RowFailures } from '../../src/results/errors-csv.ts';
import { allRows, bytesOf, writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const failure = (n: number, url: string) => ({ n, url, code: 'http_status', message: 'The server answered 404.' });

const errorsOf = async (path: string, failures: readonly RowFailures[]): Promise<Buffer> => {
  const stream = (async function* () {
    yield* failures;
  })();
  return bytesOf(errorsCsv(path, await detectDialect(path), DEFAULT_LIMITS, stream));
};

describe('errorsCsv', () => {
  test('holds the failed and the faulty rows, as they stood, with the reason behind', async (t) => {
    const path = await writeCatalogue(
      await freshFolder(t),
      '\ufeffsep=;\r\nSKU;Name;Images;Preis\r\n1;a;https://a;3,50\r\n\r\n2;"b ""x""";https://b,,https://c;4\r\n3;c;nothing;5\r\n4;d;https://d|https://e;6',
    );
    const text = String(
      await errorsOf(path, [
        { row: 3, failures: [failure(2, 'https://c')] },
        { row: 5, failures: [failure(1, 'https://d'), failure(2, 'https://e')] },
      ]),
    );
    assert.equal(
      text,
      '\ufeffsep=;\r\nSKU;Name;Images;Preis;Halve Error\r\n' +
        '2;"b ""x""";https://b,,https://c;4;Image 3 of 3, https://c: The server answered 404. (http_status)\r\n' +
        '3;c;nothing;5;"The image address is not an http(s) address: ""nothing"". (bad_url)"\r\n' +
        '4;d;https://d|https://e;6;Image 1 of 2, https://d: The server answered 404. (http_status) | Image 2 of 2, https://e: The server answered 404. (http_status)\r\n',
    );
  });

  test('comes back corrected: its column is recognised and written anew, never twice', async (t) => {
    const folder = await freshFolder(t);
    const content = 'id,name,images\n1,a,nothing\n2,b,https://b,https://c\n';
    const first = String(
      await errorsOf(await writeCatalogue(folder, content), [{ row: 2, failures: [failure(2, 'https://c')] }]),
    );
    const corrected = await writeCatalogue(folder, first.replace('nothing', 'https://a'));
    const summary = await validateCatalogue(corrected);
    assert.deepEqual([summary.totalProducts, summary.totalImages, summary.totalFaults], [2, 3, 0]);
    assert.equal(
      String(await errorsOf(corrected, [{ row: 1, failures: [failure(1, 'https://a')] }])),
      'id,name,images,Halve Error\n1,a,https://a,https://a: The server answered 404. (http_status)\n',
    );
  });

  test('a file without column names gets some, so that it can come back', async (t) => {
    const folder = await freshFolder(t);
    const path = await writeCatalogue(folder, '1,a,https://a\n2,b,nothing\n');
    const corrected = String(await errorsOf(path, [])).replaceAll('nothing', 'https://b');
    const rows = await allRows(await writeCatalogue(folder, corrected));
    assert.deepEqual(
      rows.map((row) => row.kind === 'product' && [row.serialNumber, row.urls]),
      [['2', ['https://b']]],
    );
  });

  test('many failures of a row are summed up in one short line', async (t) => {
    const urls = Array.from({ length: 100 }, (_, index) => `https://h/${'x'.repeat(400)}${index}`);
    const path = await writeCatalogue(await freshFolder(t), `id,name,images\n1,a,"${urls.join(',\n')}"\n`);
    const text = String(
      await errorsOf(path, [{ row: 1, failures: urls.map((url, index) => failure(index + 1, url)) }]),
    );
    const cell = text.slice(text.lastIndexOf('"Image 1 of 100'));
    assert.ok(cell.length < 1_500 && cell.endsWith('| and 95 more"\n'), cell);
  });

  test('is a header alone when nothing failed', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), '"id","name","image"\n"1","a","https://a"\n');
    assert.equal(String(await errorsOf(path, [])), '"id","name","image","Halve Error"\n');
  });
});
