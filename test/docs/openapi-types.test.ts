import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openapiTypes } from '../../scripts/openapi-types.ts';

/** The types of a document with one schema and one call that answers it. */
const typesOf = (schema: object, item: object = {}): string =>
  openapiTypes({
    paths: {
      '/things/{id}': {
        get: {
          operationId: 'getThing',
          summary: 'A thing',
          parameters: [
            { in: 'path', name: 'id', required: true, schema: { type: 'string' } },
            { in: 'query', name: 'limit', schema: { type: 'integer' }, description: 'How many.' },
          ],
          responses: {
            200: {
              description: 'It.',
              headers: { ETag: { required: true, schema: { type: 'string' } } },
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
            },
            304: { description: 'Unchanged.' },
          },
        },
        ...item,
      },
    },
    components: { schemas: { Thing: schema } },
  });

/** One line, as few spaces as can be. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

const thing = (schema: object): string => /Thing: (.*?); \} *; \} *export/.exec(flat(typesOf(schema)))?.[1] ?? '';

test('every form our schemas have becomes a type', () => {
  const forms: [schema: object, type: string][] = [
    [{ type: 'string', format: 'uri' }, 'string'],
    [{ type: 'integer', minimum: 1 }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: ['string', 'null'], enum: ['a', "it's", null] }, "'a' | 'it\\'s' | null"],
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
    [{ $ref: '#/components/schemas/Other' }, "components['schemas']['Other']"],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'string | number'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, '{ [name: string]: string; }'],
    [
      { type: 'object', required: ['a'], properties: { a: { type: 'string' }, 'b-c': { type: 'boolean' } } },
      "{ a: string; 'b-c'?: boolean; }",
    ],
    [{}, 'unknown'],
  ];
  for (const [schema, type] of forms) assert.equal(thing(schema), type);
});

test('a call has its parameters, headers and answers by status', () => {
  const types = flat(typesOf({ type: 'string' }));
  assert.match(types, /'\/things\/\{id\}': \{ .*? get: operations\['getThing'\]; put\?: never;/);
  assert.match(types, /getThing: \{ parameters: \{ query\?: \{ \/\*\* How many\. \*\/ limit\?: number; \};/);
  assert.match(types, /path: \{ id: string; \};/);
  assert.match(types, /200: \{ headers: \{ ETag: string; \[name: string\]: unknown; \};/);
  assert.match(types, /content: \{ 'application\/json': components\['schemas'\]\['Thing'\]; \};/);
  assert.match(types, /304: \{ headers: \{ \[name: string\]: unknown \}; content\?: never; \};/);
});

test('what the types cannot say is refused, not guessed', () => {
  assert.throws(() => typesOf({ oneOf: [{ type: 'string' }] }), /cannot say this yet: schema keyword oneOf/);
  assert.throws(() => typesOf({ type: 'file' }), /type file/);
  assert.throws(() => typesOf({ $ref: 'other.json#/A' }), /reference other\.json/);
  assert.throws(() => typesOf({ type: 'string' }, { query: {} }), /path item key query/);
});
