import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.ts';
import type { App } from './app-types.ts';

/** The id of a request as part of a path, alone or at the beginning of the name of one of its files. */
const REQUEST_ID = /\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-z])/i;

/** The log of one call: each of its lines names the request its path names, also those Fastify writes. */
export const logOfCall = (
  log: FastifyBaseLogger,
  bindings: object,
  options: object,
  { url = '' }: Pick<IncomingMessage, 'url'>,
): FastifyBaseLogger => {
  const id = REQUEST_ID.exec(url.replace(/[?#].*$/s, ''))?.[1]?.toLowerCase();
  return log.child(id === undefined ? bindings : { ...bindings, request_id: id }, options);
};

/** The request a call is about, for a line, where the path does not name it. */
export const aboutFields = ({ aboutRequest }: FastifyRequest): { request_id?: string } =>
  aboutRequest === null ? {} : { request_id: aboutRequest };

/**
 * Counts each call and writes one line of it; routes by their pattern and no query, so that no address of a user gets into
 * the log and no id into a label.
 */
export const watchAnswers = (app: App, metrics: Metrics): void => {
  app.decorateRequest('aboutRequest', null);
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = routeOptions.config.refusal === true ? null : (routeOptions.url ?? null);
    // The same routes stand under both prefixes.
    metrics.answered({ method, route: route?.replace(/^\/api(?=\/)/, '') ?? null, status, ms: elapsedTime });
    const facts = { method, route, status, ms: Math.round(elapsedTime) };
    request.log.debug({ ...aboutFields(request), ...facts }, 'answered');
  });
};
