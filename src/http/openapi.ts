/** `/openapi.json`: the OpenAPI 3.1 document, made of the routes' own schemas and docs (document.ts). */
import swagger from '@fastify/swagger';
import { VERSION } from '../version.ts';
import { ANNOUNCEMENTS } from './announcement-docs.ts';
import type { App } from './app-types.ts';
import { COMPONENTS } from './components.ts';
import { type DocumentedRoute, TAGS } from './document.ts';
import { matchesTag, weakTag } from './entity-tag.ts';
import type { Links } from './links.ts';
import type { JsonObject } from './openapi-json.ts';
import { completeOperation, parametersOf } from './openapi-operation.ts';
import { problemExamples } from './openapi-problems.ts';
import { GET_DOCUMENT } from './operation-docs.ts';

const DESCRIPTION = `Halve takes a CSV of products and image addresses, makes every image half as heavy at the best quality that allows, and gives your CSV back with the new addresses.

1. \`POST /upload\` the CSV. The answer comes at once, with the \`request_id\`.
2. \`GET /status/{request_id}\` until \`finished_at\` is set, or follow \`/status/{request_id}/events\`, or have a webhook or an e-mail sent.
3. \`output_csv\` of the status is your CSV with the new addresses.

Every path also answers with a slash at its end, and under \`/api\`. Errors are problem documents (RFC 9457): \`code\` is for programs and never renamed, \`detail\` and \`advice\` are for people. New fields may be added to answers; ignore those you do not know.

Calls that are no HTTP, or come too slowly or with too large headers, are answered with a problem document too (400, 408, 431), and the connection ends. A method that an address does not take: 405 with \`Allow\`.`;

/** Prepares the document; call it before the routes. */
export const describeRoutes = async (app: App, { publicUrl }: Links): Promise<void> => {
  for (const shape of COMPONENTS) app.addSchema(shape);
  const described = new Map<string, DocumentedRoute>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Halve', version: VERSION, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: publicUrl }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: SECURITY_SCHEMES },
      security: [{ ApiKey: [] }, { ApiKeyHeader: [] }, {}],
    },
    convertConstToEnum: false,
    // Our paths are those of the server url, wherever a proxy puts it.
    stripBasePath: false,
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    transform: ({ schema, url, route }) => {
      const docs = route.config?.docs;
      if (docs === undefined || url.startsWith('/api/')) return { schema: { hide: true }, url };
      const entry = { docs, schema: schema ?? {}, open: route.config?.open === true, url };
      described.set(docs.operationId, entry);
      return { schema: parametersOf(entry), url };
    },
    transformObject: (made) => {
      if (!('openapiObject' in made)) throw new Error('the document is not the one asked for');
      const { openapiObject } = made;
      return {
        ...openapiObject,
        paths: completePaths(openapiObject.paths as Paths, described),
        webhooks: ANNOUNCEMENTS,
        components: { ...openapiObject.components, examples: problemExamples(described.values()) },
      };
    },
  });
};

const SECURITY_SCHEMES = {
  ApiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of `HALVE_API_KEYS`. A service on a loopback address without keys needs none.',
  },
  ApiKeyHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The same key, for tools that cannot send the other.',
  },
} as const;

type Paths = Readonly<Record<string, Readonly<Record<string, JsonObject & { readonly operationId: string }>>>>;

/** `HEAD` goes wherever `GET` does and is not told separately. */
const completePaths = (paths: Paths, described: ReadonlyMap<string, DocumentedRoute>) =>
  Object.fromEntries(
    Object.entries(paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations)
          .filter(([method]) => method !== 'head')
          .map(([method, operation]) => {
            const route = described.get(operation.operationId);
            return [method, route === undefined ? operation : completeOperation(operation, route)];
          }),
      ),
    ]),
  );

/** `GET /openapi.json`. Made at the first call; the routes do not change afterwards. */
export const openapiRoutes = (app: App): void => {
  let made: { readonly text: string; readonly tag: string } | null = null;
  app.route({
    method: ['GET', 'HEAD'],
    url: '/openapi.json',
    config: { open: true, docs: GET_DOCUMENT },
    handler: async ({ headers }, reply) => {
      if (made === null) {
        const text = JSON.stringify(app.swagger());
        made = { text, tag: weakTag(text) };
      }
      reply.headers({ etag: made.tag, 'cache-control': 'no-cache' });
      if (matchesTag(headers['if-none-match'], made.tag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(made.text);
    },
  });
};
