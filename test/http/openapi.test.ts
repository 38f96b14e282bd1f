import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from '@scalar/openapi-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ERRORS } from '../../src/core/errors.ts';
import { createContract, NOT_IN_DOCUMENT, type OpenApi } from '../helpers/openapi-contract.ts';
import { startTestServer } from '../helpers/start-server.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Everything in a document with the keys that lead there. */
function* parts(value: unknown, keys: readonly string[] = []): Generator<{ keys: readonly string[]; value: Json }> {
  if (Array.isArray(value)) for (const [i, one] of value.entries()) yield* parts(one, [...keys, String(i)]);
  if (!isObject(value)) return;
  yield { keys, value };
  for (const [key, inner] of Object.entries(value)) yield* parts(inner, [...keys, key]);
}

const resolve = (document: Json, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);

test('the OpenAPI document', async (t) => {
  const { server, url } = await startTestServer(t, { apiKeys: [{ name: 'shop', key: 'shop-key-0123456789abcdef' }] });
  const answer = await fetch(`${url}/openapi.json`);
  const document: OpenApi & Json = JSON.parse(await answer.text());
  const contract = createContract(document);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ call: `${method.toUpperCase()} ${path}`, operation })),
  );

  await t.test('is had without a key, under both names, and once', async () => {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
    const etag = String(answer.headers.get('etag'));
    const twin = await fetch(`${url}/api/openapi.json`, { headers: { 'if-none-match': etag } });
    assert.equal(twin.status, 304);
    assert.deepEqual(document.servers, [{ url }]);
  });

  await t.test('is valid OpenAPI 3.1', () => {
    const outcome = validate(structuredClone(document), { checkPathParameters: true });
    assert.deepEqual(outcome.errors ?? [], []);
    assert.equal(document.openapi, '3.1.0');
    // The validator does find faults.
    assert.ok((validate({ ...structuredClone(document), info: {} }).errors ?? []).length > 0);
  });

  await t.test('has schemas of JSON Schema 2020-12, with no word it does not know', () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, addUsedSchema: false });
    formats.default(ajv);
    ajv.addVocabulary(['components', 'example']);
    const { components } = document;
    const refs = Object.keys(components.schemas).map((name) =>
      JSON.stringify({ $ref: `#/components/schemas/${name}` }),
    );
    const schemas = new Set(refs);
    for (const { keys, value } of parts({ paths: document.paths, webhooks: document.webhooks })) {
      if (keys.at(-1) === 'schema' && !keys.includes('examples')) schemas.add(JSON.stringify(value));
    }
    assert.ok(schemas.size > 60);
    for (const schema of schemas) ajv.compile({ ...JSON.parse(schema), components });
  });

  await t.test('has every route of the router, or knows why not', () => {
    const plain = server.routes.filter(({ method, url: path }) => method !== 'HEAD' && !/^\/api(?:\/|$)/.test(path));
    const calls = plain.map(({ method, url: path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const hidden = calls.filter((call) => NOT_IN_DOCUMENT.some((pattern) => pattern.test(call)));
    assert.deepEqual(operations.map(({ call }) => call).sort(), calls.filter((call) => !hidden.includes(call)).sort());
    for (const pattern of NOT_IN_DOCUMENT)
      assert.ok(
        calls.some((call) => pattern.test(call)),
        `${pattern} hides nothing`,
      );
  });

  await t.test('refers only to what is there, and holds no name twice', () => {
    for (const { keys, value } of parts(document)) {
      if (typeof value.$ref === 'string') assert.ok(resolve(document, value.$ref), `${keys.join('/')}: ${value.$ref}`);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+(?:[A-Z][a-z]+)*$/);
  });

  await t.test('has words for every call, and an example of everything it takes and answers', () => {
    const missing: string[] = [];
    for (const { call, operation } of operations) {
      for (const { keys, value } of parts(operation)) {
        const place = `${call} ${keys.join(' ')}`;
        const isMedia = keys.at(-2) === 'content' && !/^(?:image|application\/octet)/.test(String(keys.at(-1)));
        const examples = value.example ?? Object.values((value.examples ?? {}) as Json)[0];
        if (isMedia && examples === undefined) missing.push(`${place} has no example`);
        const isTold = keys.length === 0 || keys.at(-2) === 'responses' || keys.at(-2) === 'parameters';
        if (isTold && !value.description) missing.push(`${place} has no description`);
      }
      const { summary, tags } = operation as unknown as Json;
      if (typeof summary !== 'string' || summary.length > 60) missing.push(`${call} has no short summary`);
      const known = (document.tags as readonly { name: string }[]).map(({ name }) => name);
      if (!Array.isArray(tags) || !known.includes(String(tags[0]))) missing.push(`${call} has no known tag`);
    }
    assert.deepEqual(missing, []);
  });

  await t.test('has examples that are as their schemas say', () => {
    let count = 0;
    for (const { keys, value } of parts(document)) {
      if (!('schema' in value)) continue;
      const named = Object.values((value.examples ?? {}) as Record<string, Json>);
      const examples = named.map((one) => (typeof one.$ref === 'string' ? resolve(document, one.$ref) : one) as Json);
      const values = [...examples.map((one) => one.value), ...('example' in value ? [value.example] : [])];
      const check = contract.schemaAt(...keys, 'schema');
      for (const one of values) {
        count += 1;
        assert.ok(check(one), `${keys.join(' ')}: ${JSON.stringify(check.errors?.slice(0, 3))}`);
      }
    }
    assert.ok(count > 100);
  });

  await t.test('tells errors as the table of errors has them', () => {
    for (const { call, operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        const { schema } = content?.['application/problem+json'] ?? { schema: {} };
        const [, narrowed] = schema.allOf as { properties: { code: { enum: (keyof typeof ERRORS)[] } } }[];
        const codes = narrowed?.properties.code.enum ?? [];
        assert.ok(codes.length > 0, `${call} ${status}`);
        for (const code of codes) assert.equal(ERRORS[code].status, Number(status), `${call} ${code}`);
      }
    }
  });
});
