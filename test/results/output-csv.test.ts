import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { splitUrls } from '../../src/catalogue/split-urls.ts';
import { AppError } from '../../src/core/errors.ts';
import { outputCell } from '../../src/results/output-cell.ts';
import { outputCsv, type RowOutputs } from '../../src/results/output-csv.ts';
import { allRows, bytesOf, catalogueFile, encode, writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const HEADER = 'Serial Number,Product Name,Input Image Urls';

/** Every image of every product done, except those for which `fails` says so. */
async function* outputsFor(path: string, fails: (row: number, index: number) => boolean): AsyncGenerator<RowOutputs> {
  for (const row of await allRows(path)) {
    if (row.kind !== 'product') continue;
    const outputs = row.urls.map((_url, index) =>
      fails(row.row, index) ? null : `http://halve/${row.row}-${index}.jpg`,
    );
    yield { row: row.row, outputs };
  }
}

const outputOf = async (path: string, fails = (_row: number, _index: number) => false): Promise<Buffer> =>
  bytesOf(outputCsv(path, await detectDialect(path), DEFAULT_LIMITS, outputsFor(path, fails)));

describe('outputCsv', () => {
  test('without its column the output is the input, byte for byte, in every dialect', async (t) => {
    const folder = await freshFolder(t);
    await fc.assert(
      fc.asyncProperty(catalogueFile, async (file) => {
        const { delimiter, header, newline, records, encoding, bom, sepLine } = file;
        const path = await writeCatalogue(folder, encode(file.text, encoding, bom));
        const { quotesAll, columns } = await detectDialect(path);
        const own = (text: string): string =>
          quotesAll || (/[,;|\t"]/.test(text) && text.includes(delimiter)) ? `"${text}"` : text;
        let number = 0;
        const lines = records.map(({ kind, raw, urls, values, lineEnd }) => {
          number++;
          if (kind === 'empty') return lineEnd;
          const padding = header.slice(raw.length).map(() => own(''));
          const slots = splitUrls(values[columns.inputUrls] ?? '');
          assert.equal(slots.length, urls.length);
          const cell = own(urls.map((_url, index) => `http://halve/${number}-${index}.jpg`).join(','));
          return [...raw, ...padding, cell].join(delimiter) + lineEnd;
        });
        const head =
          (sepLine ? `sep=${delimiter}${newline}` : '') +
          [...header, own('Output Image Urls')].join(delimiter) +
          newline;
        assert.deepEqual(await outputOf(path), encode(head + lines.join(''), encoding, bom));
      }),
      { numRuns: 200 },
    );
  });

  test('another parser reads the same cells with one column more, and the places align', async (t) => {
    const folder = await freshFolder(t);
    const address = fc.webUrl({ withQueryParameters: true }).map((url) => url.replaceAll(/["';|]/g, ''));
    const table = fc.array(
      fc.record({
        name: fc.string({ unit: fc.constantFrom(...'ab ",;\n\'=é'), maxLength: 6 }),
        list: fc.array(fc.oneof(address, fc.constant('')), { maxLength: 4 }).map((urls) => [...urls, 'https://last/x']),
        spill: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(table, fc.func(fc.boolean()), async (rows, fails) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const lines = rows.map(({ name, list, spill }, index) => {
          // A list that begins with an empty place cannot be told from a missing one when it spills.
          const places = list.join(',');
          return `${index + 1},${quoted(name)},${spill ? places : quoted(places)}`;
        });
        const path = await writeCatalogue(folder, [HEADER, ...lines].join('\r\n'));
        const output = parse(await outputOf(path, fails), { record_delimiter: '\r\n' });
        assert.deepEqual(output[0], [...HEADER.split(','), 'Output Image Urls']);
        for (const [index, { name, list }] of rows.entries()) {
          const [serial, product, input, cell] = output[index + 1] ?? [];
          assert.deepEqual([serial, product, input], [String(index + 1), name, list.join(',')]);
          let image = 0;
          const expected = splitUrls(list.join(',')).map((slot) => {
            if (slot === '') return '';
            const url = fails(index + 1, image) ? '' : `http://halve/${index + 1}-${image}.jpg`;
            image++;
            return url;
          });
          assert.deepEqual(cell?.split(','), expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('keeps blank, faulty and short rows, odd quotes and a missing line end', async (t) => {
    const path = await writeCatalogue(
      await freshFolder(t),
      `${HEADER},Note\r\n1,7" pipe,https://a,x\n\n,,,\r\n2,no address\n3,"a" b,https://a,\r\n4,x,https://a,n,more, \n5,x,https://b`,
    );
    assert.equal(
      String(await outputOf(path)),
      `${HEADER},Note,Output Image Urls\r\n1,7" pipe,https://a,x,http://halve/1-0.jpg\n\n,,,,\r\n2,no address,,,\n3,"a" b,https://a,,\r\n` +
        '4,x,https://a,n,http://halve/6-0.jpg,more, \n5,x,https://b,,http://halve/7-0.jpg',
    );
  });

  test('refills its own column in place and leaves our error column out', async (t) => {
    const path = await writeCatalogue(
      await freshFolder(t),
      'Halve Error,id,Output Image Urls,name,images\n"a, b",1,http://old,x,"https://a,https://b"\nc,2\n',
    );
    assert.equal(
      String(await outputOf(path, (_row, index) => index === 1)),
      'id,Output Image Urls,name,images\n1,"http://halve/1-0.jpg,",x,"https://a,https://b"\n2,,,\n',
    );
  });

  test('a file without column names gets none', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), '1,a,https://a,https://b\n2,b,https://c\n');
    assert.equal(
      String(await outputOf(path)),
      '1,a,"https://a,https://b","http://halve/1-0.jpg,http://halve/1-1.jpg"\n2,b,https://c,http://halve/2-0.jpg\n',
    );
  });

  test('ends the stream of results however it ends itself', async (t) => {
    const path = await writeCatalogue(await freshFolder(t), `${HEADER}\n1,a,https://a\n2,"b,https://b\n`);
    let closed = false;
    const results = (async function* () {
      try {
        yield { row: 1, outputs: ['http://x'] };
        yield { row: 2, outputs: [] };
      } finally {
        closed = true;
      }
    })();
    const reading = bytesOf(outputCsv(path, await detectDialect(path), DEFAULT_LIMITS, results));
    await assert.rejects(reading, (error: unknown) => error instanceof AppError && error.code === 'unclosed_quote');
    assert.ok(closed);
  });
});

describe('outputCell', () => {
  const cases: readonly (readonly [what: string, slots: string[], outputs: (string | null)[], cell: string])[] = [
    ['one image', ['a'], ['x'], 'x'],
    ['one failed image', ['a'], [null], ''],
    ['the first failed', ['a', 'b'], [null, 'y'], ',y'],
    ['the last failed', ['a', 'b'], ['x', null], 'x,'],
    ['all failed', ['a', 'b', 'c'], [null, null, null], ',,'],
    ['an empty place of the input', ['a', '', 'c'], ['x', 'z'], 'x,,z'],
    ['results missing', ['a', 'b'], [], ','],
    ['characters that would separate', ['a'], ['h/a,b;c|d e"é%2F'], 'h/a%2Cb%3Bc%7Cd%20e%22%C3%A9%2F'],
  ];
  for (const [what, slots, outputs, cell] of cases) {
    test(what, () => {
      assert.equal(outputCell(slots, outputs), cell);
      assert.equal(cell.split(',').length, slots.length);
    });
  }
});
