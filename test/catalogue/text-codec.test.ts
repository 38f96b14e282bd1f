import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { detectDialect } from '../../src/catalogue/detect-dialect.ts';
import { rawText } from '../../src/catalogue/read-bytes.ts';
import { readLines } from '../../src/catalogue/read-rows.ts';
import { CODECS } from '../../src/catalogue/text-codec.ts';
import { writeCatalogue } from '../helpers/catalogue-files.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('text codecs', () => {
  for (const encoding of ENCODINGS) {
    const codec = CODECS[encoding];

    test(`${encoding}: any bytes come back, in pieces of any size`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 7 }), async (array, size) => {
          const bytes = Buffer.from(array.subarray(0, array.length - (array.length % codec.unit)));
          const pieces = (async function* () {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
          })();
          let raw = '';
          for await (const text of rawText(pieces, { encoding, bom: false })) raw += text;
          assert.deepEqual(codec.write(raw), bytes);
        }),
      );
    });

    test(`${encoding}: text comes back`, () => {
      const text = 'Größe 12 €, “Œuvre”';
      assert.equal(codec.decode(codec.encode(text)), text);
      assert.equal(codec.decode(codec.read(codec.write(codec.encode(text)))), text);
    });
  }

  test('windows-1252 follows the index of the Encoding Standard, undefined bytes included', () => {
    const { read, decode, encode, write } = CODECS['windows-1252'];
    const text = decode(read(EVERY_BYTE));
    assert.equal(text, new TextDecoder('windows-1252').decode(EVERY_BYTE));
    assert.deepEqual(write(encode(text)), EVERY_BYTE);
    assert.equal(encode('日本 😀'), '?? ?');
  });

  test('a file of any bytes behind its header is given back whole', async (t) => {
    const folder = await freshFolder(t);
    const header = Buffer.from('id,name,images\n');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ min: 1, maxLength: 200 }), async (body) => {
        const bytes = Buffer.concat([header, body]);
        const path = await writeCatalogue(folder, bytes);
        const dialect = await detectDialect(path).catch(() => undefined);
        // Too many control characters: rightly taken for binary data.
        fc.pre(dialect !== undefined);
        const { write } = CODECS[dialect.encoding];
        const parts: Buffer[] = [];
        let fatal = false;
        for await (const lines of readLines(path, dialect)) {
          for (const { record } of lines) {
            parts.push(write(record.text + record.lineEnd));
            fatal ||= record.fault?.fatal === true;
          }
        }
        if (!fatal) assert.deepEqual(Buffer.concat(parts), bytes);
      }),
      { maxSkipsPerRun: 1_000, numRuns: 60 },
    );
  });
});
