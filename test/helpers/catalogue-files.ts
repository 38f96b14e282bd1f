/** Catalogue files for tests: written to disk, and generated in every dialect with what they mean. */
import { isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CatalogueRow } from '../../src/catalogue/catalogue-row.ts';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import type { Delimiter, Encoding, Newline } from '../../src/catalogue/dialect.ts';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { readRows } from '../../src/catalogue/read-rows.ts';
import { encodeWindows1252 } from '../../src/catalogue/windows-1252.ts';

export const writeCatalogue = async (folder: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, 'catalogue.csv');
  await writeFile(path, content);
  return path;
};

export const allRows = async (path: string, limits = DEFAULT_LIMITS): Promise<CatalogueRow[]> => {
  const rows: CatalogueRow[] = [];
  for await (const batch of readRows(path, await detectDialect(path, limits), limits)) rows.push(...batch);
  return rows;
};

export const bytesOf = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
};

/** Text in an encoding, with its byte order mark if wanted. Written apart from the code under test. */
export const encode = (text: string, encoding: Encoding, bom: boolean): Buffer => {
  const marked = bom && encoding !== 'windows-1252' ? `\ufeff${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked, 'utf8');
  if (encoding === 'windows-1252') return Buffer.from(encodeWindows1252(marked), 'latin1');
  const bytes = Buffer.from(marked, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
};

/** A record as generated: its raw cells, and what the cells say. */
export interface ModelRecord {
  readonly kind: 'product' | 'blank' | 'empty' | 'short';
  readonly raw: readonly string[];
  readonly values: readonly string[];
  readonly urls: readonly string[];
  readonly lineEnd: string;
}

export interface ModelFile {
  readonly encoding: Encoding;
  readonly bom: boolean;
  readonly delimiter: Delimiter;
  readonly newline: Newline;
  readonly sepLine: boolean;
  readonly header: readonly string[];
  readonly records: readonly ModelRecord[];
  readonly text: string;
}

const HEADERS = [
  ['Serial Number', 'Product Name', 'Input Image Urls'],
  ['S. No.', 'Price', 'Product', 'Images'],
  ['Image URLs', 'sku', 'NAME', 'Größe'],
  ['serial_number', 'Note', 'Title', 'photo-urls', ''],
] as const;
const URL_COLUMNS = [2, 3, 0, 3] as const;

/** All of it exists in Windows-1252. */
const characters = fc.constantFrom(...'abcXYZ019 _-=+@\'".,;|\tüÄß€“™é/:%');
const words = fc.string({ unit: characters, maxLength: 12 });
const url = fc
  .tuple(
    fc.constantFrom('http://', 'https://', 'HTTPS://'),
    fc.string({ unit: fc.constantFrom(...'abc09-_/.,%ü'), maxLength: 20 }),
  )
  .map(([scheme, path]) => `${scheme}cdn.example/${path}x`);
const separator = fc.constantFrom(',', ', ', ' | ', ';', '|', ',\n');

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const needsQuotes = (text: string, delimiter: string): boolean =>
  text.includes(delimiter) || /["\r\n]|^ | $/.test(text);

const recordOf = (header: number, delimiter: Delimiter, quoting: 'needed' | 'all' | 'mixed') => {
  const names = HEADERS[header] ?? HEADERS[0];
  const urlColumn = URL_COLUMNS[header] ?? 2;
  return fc
    .record({
      kind: fc.constantFrom('product', 'product', 'product', 'blank', 'empty', 'short'),
      texts: fc.array(words, { minLength: names.length, maxLength: names.length }),
      urls: fc.array(url, { minLength: 1, maxLength: 4 }),
      separator,
      quoted: fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }),
      length: fc.integer({ min: 1, max: names.length }),
    })
    .map(({ kind, texts, urls, separator, quoted, length }): Omit<ModelRecord, 'lineEnd'> => {
      if (kind === 'empty') return { kind, raw: [''], values: [''], urls: [] };
      const raw = (text: string, index: number): string =>
        quoting === 'all' || needsQuotes(text, delimiter) || (quoting === 'mixed' && quoted[index] === true)
          ? quote(text)
          : text;
      if (kind === 'blank') {
        const values = names.map(() => '');
        return { kind, raw: quoting === 'all' ? values.map(quote) : values, values, urls: [] };
      }
      const filled = texts.map((text, index) => (index === urlColumn ? urls.join(separator) : text));
      // A record with a text in its first cell is never blank.
      const values = filled.map((text, index) => (index === 0 && index !== urlColumn ? `7${text}` : text));
      const cut = kind === 'short' ? values.slice(0, length) : values;
      return { kind, raw: cut.map(raw), values: cut, urls: cut.length > urlColumn ? urls : [] };
    });
};

/** A file of any dialect with any mixture of rows; it always begins with one ordinary product, as evidence. */
export const catalogueFile: fc.Arbitrary<ModelFile> = fc
  .record({
    encoding: fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
    bom: fc.boolean(),
    delimiter: fc.constantFrom<Delimiter>(',', ';', '\t', '|'),
    newline: fc.constantFrom<Newline>('\n', '\r\n', '\r'),
    sepLine: fc.boolean(),
    header: fc.integer({ min: 0, max: HEADERS.length - 1 }),
    quoting: fc.constantFrom<'needed' | 'all' | 'mixed'>('needed', 'all', 'mixed'),
    finalNewline: fc.boolean(),
  })
  .chain((choice) =>
    fc
      .array(recordOf(choice.header, choice.delimiter, choice.quoting), { minLength: 1, maxLength: 8 })
      .map((generated): ModelFile => {
        const { encoding, delimiter, newline, sepLine, quoting, finalNewline } = choice;
        const names = HEADERS[choice.header] ?? HEADERS[0];
        const header = names.map((name) => (quoting === 'all' ? quote(name) : name));
        const records = generated.map((record, index) => ({
          ...record,
          // An empty last record without line end is no record at all.
          lineEnd: index < generated.length - 1 || finalNewline || record.kind === 'empty' ? newline : '',
        }));
        const text = [
          sepLine ? `sep=${delimiter}${newline}` : '',
          header.join(delimiter) + newline,
          ...records.map(({ raw, lineEnd }) => raw.join(delimiter) + lineEnd),
        ].join('');
        const bom = choice.bom && encoding !== 'windows-1252';
        return { encoding, bom, delimiter, newline, sepLine, header, records, text };
      }),
  )
  .filter(({ encoding, text }) => encoding !== 'windows-1252' || !isAlsoUtf8(encode(text, encoding, false), text));

/** `ß“` in Windows-1252 has the bytes of a letter in UTF-8: nobody can tell what such a file means. */
const isAlsoUtf8 = (bytes: Buffer, text: string): boolean => isUtf8(bytes) && bytes.toString('utf8') !== text;
