import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { DEFAULT_OPTIONS, FORMAT_CHOICES, OPTION_NAMES, parseOptions } from '../../src/core/options.ts';
import { UploadOptions } from '../../src/http/upload-docs.ts';

const ajv = new Ajv2020();
formats.default(ajv);
const isTold = ajv.compile(JSON.parse(JSON.stringify({ ...UploadOptions, additionalProperties: false })));

const isTaken = (options: Readonly<Record<string, unknown>>): boolean => {
  try {
    parseOptions(Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)])));
    return true;
  } catch {
    return false;
  }
};

const side = fc.integer({ min: -1, max: 20_000 });
/** Values around the edges of what is told, as clients that read the document would send them. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  webhook_url: fc.oneof(
    fc.webUrl(),
    fc.constantFrom('ftp://a.example/', 'a.example', 'http://', 'javascript:alert(1)'),
  ),
  email: fc.oneof(
    fc.constantFrom('shop@shop.example', 'a.b+c@x.example'),
    fc.constantFrom('a@b, c@d.example', 'a b@c.example', '@shop.example', 'shop'),
  ),
  start: fc.constantFrom('auto', 'manual', 'later'),
  target: fc.oneof(
    fc.integer({ min: -1, max: 120 }).map((share) => `${share}%`),
    fc.constantFrom('%', 'half'),
  ),
  quality: fc.integer({ min: -1, max: 110 }),
  format: fc.constantFrom(...FORMAT_CHOICES, 'gif', 'tiff'),
  max_width: side,
  max_height: side,
  tolerant: fc.constantFrom(true, false, 'perhaps'),
  on_invalid: fc.constantFrom('reject', 'skip', 'stop'),
  strict: fc.constantFrom(true, false, 'maybe'),
};

test('the options of an upload are those that are read', () => {
  assert.deepEqual(Object.keys(UploadOptions.properties), [...OPTION_NAMES]);
  assert.deepEqual(Object.keys(values), [...OPTION_NAMES]);
  const defaults = Object.entries(UploadOptions.properties).filter(([, schema]) => 'default' in schema);
  const texts = Object.fromEntries(defaults.map(([name, schema]) => [name, String(Reflect.get(schema, 'default'))]));
  assert.deepEqual(parseOptions(texts), DEFAULT_OPTIONS);
});

test('a value is told if and only if it is taken', () => {
  for (const [name, arbitrary] of Object.entries(values)) {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(arbitrary, (value) => {
        const options = { [name]: value };
        seen.add(isTold(options));
        assert.equal(isTold(options), isTaken(options), JSON.stringify(options));
      }),
    );
    assert.equal(seen.size, 2, `${name} saw one side only`);
  }
});

test('two options that exclude each other are refused, as their description says', () => {
  assert.ok(!isTaken({ quality: 50, target: '50%' }));
  assert.match(JSON.stringify(UploadOptions), /instead of `target`/);
});
