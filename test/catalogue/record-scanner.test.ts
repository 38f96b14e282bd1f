import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { splitCells, unquote } from '../../src/catalogue/cells.ts';
import type { Delimiter, Newline } from '../../src/catalogue/dialect.ts';
import { type RawRecord, RecordScanner } from '../../src/catalogue/record-scanner.ts';

const LIMITS = { maxLineBytes: 40, maxRecordBytes: 100 };

const scan = (text: string, cuts: readonly number[] = [], newline: Newline = '\n', limits = LIMITS): RawRecord[] => {
  const scanner = new RecordScanner({ delimiter: ',', newline, limits, unit: 1 });
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  const records = places.slice(1).flatMap((to, index) => scanner.push(text.slice(places[index], to)));
  return [...records, ...scanner.end()];
};

const fatal = (text: string): unknown => {
  const last = scan(text).at(-1);
  return [last?.fault?.code, last?.fault?.line, last?.fault?.fatal];
};

describe('RecordScanner', () => {
  test('reads what csv-parse reads, in any dialect', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab7 ,;|\t"\n\r\'é'), maxLength: 8 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    const delimiters = fc.constantFrom<Delimiter>(',', ';', '\t', '|');
    fc.assert(
      fc.property(table, delimiters, fc.constantFrom<Newline>('\n', '\r\n', '\r'), (rows, delimiter, newline) => {
        const text = rows
          .map((cells) => cells.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter) + newline)
          .join('');
        const limits = { maxLineBytes: 1e6, maxRecordBytes: 1e6 };
        const scanner = new RecordScanner({ delimiter, newline, limits, unit: 1 });
        const ours = [...scanner.push(text), ...scanner.end()].map((record) =>
          splitCells(record.text, delimiter).map(unquote),
        );
        assert.deepEqual(ours, parse(text, { delimiter, record_delimiter: newline, relax_column_count: true }));
      }),
    );
  });

  test('loses no character and gives the same records however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab,"\n\r '), maxLength: 60 });
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    fc.assert(
      fc.property(text, cuts, fc.constantFrom<Newline>('\n', '\r'), (content, places, newline) => {
        const whole = scan(content, [], newline);
        const joined = whole.map((record) => record.text + record.lineEnd).join('');
        if (whole.at(-1)?.fault?.fatal !== true) assert.equal(joined, content);
        // Runs of empty lines may come in parts.
        const single = (records: RawRecord[]): unknown[] =>
          records.flatMap((record) =>
            Array.from({ length: record.count }, (_, i) => [record.text, record.line + i, record.fault]),
          );
        assert.deepEqual(single(scan(content, places, newline)), single(whole));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps the line end and the line of each record', () => {
    const records = scan('a,b\r\n\n\r\n"x\ny",z\nlast');
    assert.deepEqual(
      records.map(({ text, lineEnd, line, count }) => [text, lineEnd, line, count]),
      [
        ['a,b', '\r\n', 1, 1],
        ['', '\n\r\n', 2, 2],
        ['"x\ny",z', '\n', 4, 1],
        ['last', '', 6, 1],
      ],
    );
  });

  test('takes a quote inside a cell as text, and spaces around quoted cells', () => {
    const cells = scan('7" pipe, "a,b" ,c "d" e').flatMap((record) => splitCells(record.text, ',').map(unquote));
    assert.deepEqual(cells, ['7" pipe', 'a,b', 'c "d" e']);
  });

  test('reports text behind a closing quote and goes on', () => {
    const [first, second] = scan('1,"x\n" y,z\nnext');
    assert.deepEqual(first?.fault, { code: 'bad_quote', line: 1, fatal: false });
    assert.equal(second?.text, 'next');
  });

  test('an unclosed quote is reported where it was opened', () => {
    assert.deepEqual(fatal('a\nb,"c\nd'), ['unclosed_quote', 2, true]);
    assert.deepEqual(fatal('a\n"x\ny",z,"c\nd'), ['unclosed_quote', 3, true]);
  });

  test('a quote open for longer than a record may be is one that is never closed', () => {
    assert.deepEqual(fatal(`a\n1,"${'b\n'.repeat(60)}"\n`), ['unclosed_quote', 2, true]);
    assert.equal(scan(`"${'b\n'.repeat(49)}"`).at(-1)?.fault, null, 'exactly as long as a record may be');
  });

  test('a line may have its limit and not one byte more, delimiters counted', () => {
    const longest = ','.repeat(40);
    assert.deepEqual(
      scan(`${longest}\r\n${longest}`).map((record) => record.fault),
      [null, null],
    );
    assert.deepEqual(fatal(`a\n${longest},\nb`), ['line_too_long', 2, true]);
    assert.deepEqual(fatal(`a\n"x\n${'y'.repeat(41)}"`), ['line_too_long', 3, true]);
  });

  test('counts bytes, not characters, in UTF-16', () => {
    const scanner = new RecordScanner({ delimiter: ',', newline: '\n', limits: LIMITS, unit: 2 });
    const [first, second] = scanner.push(`${'a'.repeat(20)}\n${'a'.repeat(21)}\n`);
    assert.equal(first?.fault, null);
    assert.equal(second?.fault?.code, 'line_too_long');
  });

  test('holds no more than the limits of a line that never ends', () => {
    const scanner = new RecordScanner({ delimiter: ',', newline: '\n', limits: LIMITS, unit: 1 });
    assert.equal(scanner.push('a'.repeat(30)).length, 0);
    assert.equal(scanner.push('a'.repeat(30)).at(0)?.fault?.code, 'line_too_long');
    assert.ok(scanner.ended);
    assert.deepEqual(scanner.push('more'), []);
  });
});
