/** Parts of an OpenAPI document are plain JSON; their vocabulary is checked by test/http/openapi.test.ts. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A schema of ours as it stands in the document: references lead to the components, and what has a name is referred to.
 * Everything else is JSON Schema 2020-12 already, which is what OpenAPI 3.1 takes.
 */
export const toDocumentSchema = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(toDocumentSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$id' in schema) return reference(String(schema.$id));
  if ('$ref' in schema) return reference(String(schema.$ref));
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, toDocumentSchema(value)]));
};

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name.replace(/#$/, '')}` });
