/** One operation of the document: a route's schema and docs in OpenAPI's words. */
import type { FastifySchema } from 'fastify';
import type { AnswerDocs, DocumentedRoute, MediaDocs, OperationDocs } from './document.ts';
import { type JsonObject, toDocumentSchema } from './openapi-json.ts';
import { headersOf, problemAnswers, problemCodes } from './openapi-problems.ts';

/** What `@fastify/swagger` makes parameters of. */
export const parametersOf = ({ docs, schema, open }: DocumentedRoute): FastifySchema => ({
  operationId: docs.operationId,
  tags: [docs.tag],
  summary: docs.summary,
  description: docs.description,
  ...(open ? { security: [] } : {}),
  ...(schema.params === undefined ? {} : { params: schema.params }),
  ...querystring(docs.query ?? schema.querystring),
  ...(docs.headers === undefined ? {} : { headers: docs.headers }),
});

/** What has a default need not be sent, though the handler always finds it. */
const querystring = (schema: unknown): FastifySchema => {
  if (schema === undefined) return {};
  const { properties, required = [] } = schema as { properties: Record<string, object>; required?: readonly string[] };
  return {
    querystring: {
      ...(schema as object),
      required: required.filter((name) => !('default' in (properties[name] ?? {}))),
    },
  };
};

/** What `@fastify/swagger` cannot tell: bodies and answers under several media types, with headers and examples. */
export const completeOperation = (operation: JsonObject, route: DocumentedRoute): JsonObject => {
  const { docs, schema } = route;
  const answers = Object.entries(docs.answers).map(([status, answer]) => [
    status,
    answerOf(answer, (schema.response as Record<string, unknown> | undefined)?.[status]),
  ]);
  return {
    ...operation,
    ...(operation.parameters === undefined ? {} : { parameters: inOrder(operation.parameters) }),
    ...(docs.body === undefined ? {} : { requestBody: bodyOf(docs.body) }),
    responses: { ...Object.fromEntries(answers), ...problemAnswers(problemCodes(route)) },
  };
};

const PLACES = ['path', 'query', 'header'];
const inOrder = (parameters: unknown): unknown =>
  (parameters as readonly { readonly in: string }[]).toSorted((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in));

const bodyOf = ({ description, content }: NonNullable<OperationDocs['body']>): JsonObject => ({
  description,
  required: true,
  content: mediaOf(content),
});

const mediaOf = (content: Readonly<Record<string, MediaDocs>>): JsonObject =>
  Object.fromEntries(
    Object.entries(content).map(([type, { schema, examples }]) => [
      type,
      { schema: toDocumentSchema(schema), examples },
    ]),
  );

const answerOf = (answer: AnswerDocs, schema: unknown): JsonObject => {
  const headers = headersOf(answer.headers);
  const json =
    answer.example === undefined
      ? null
      : { 'application/json': { schema: toDocumentSchema(schema), example: answer.example } };
  const content = { ...json, ...(answer.content === undefined ? {} : mediaOf(answer.content)) };
  return {
    description: answer.description,
    ...(headers === null ? {} : { headers }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
};
