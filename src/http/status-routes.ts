import { Type } from '@fastify/type-provider-typebox';
import { statusPage } from '../db/status-rows.ts';
import type { App, RouteContext } from './app-types.ts';
import { matchesTag, weakTag } from './entity-tag.ts';
import { requestIdOf } from './request-id.ts';
import { refTo } from './schema-parts.ts';
import { RequestIdParams, StatusQuery } from './schemas.ts';
import { statusAnswer } from './status-answer.ts';
import { GET_STATUS } from './status-docs.ts';
import { StatusAnswer } from './status-schema.ts';
import { readSummaryFacts } from './summary-facts.ts';

/** How soon, in seconds, it is worth asking again. */
export const POLL_AFTER_S = '2';

/** `GET /status/{request_id}`: what has become of a request, with a page of its products. */
export const statusRoutes = (app: App, { engine }: RouteContext): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/status/:request_id',
    config: { docs: GET_STATUS },
    schema: {
      params: RequestIdParams,
      querystring: StatusQuery,
      response: { 200: refTo(StatusAnswer), 304: Type.Null() },
    },
    handler: async ({ params, query }, reply) => {
      const request = await engine.requests.get(requestIdOf(params.request_id));
      const { rid } = request;
      const afterRow = Number(query.cursor ?? 0);
      const failedOnly = query.state !== undefined;
      const page = await statusPage(engine.database.read, { rid, afterRow, limit: query.limit, failedOnly });
      const facts = await readSummaryFacts(engine, request);
      if (request.finished_at === null) reply.header('retry-after', POLL_AFTER_S);
      reply.header('cache-control', 'private, no-cache');
      return statusAnswer({ ...facts, page }, engine.links);
    },
    // A tag of the answer as it goes out: nothing has to know what in it can change.
    onSend: async (request, reply, payload) => {
      if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
      const tag = weakTag(payload);
      reply.header('etag', tag);
      if (!matchesTag(request.headers['if-none-match'], tag)) return payload;
      reply.code(304).removeHeader('content-type');
      return null;
    },
  });
};
