import type { IncomingHttpHeaders } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { App, HttpLimits, RouteContext, RouteEntry } from './app-types.ts';
import { answerClientError } from './client-error.ts';
import { csvFileRoutes } from './csv-file-routes.ts';
import { DEFAULT_HEADERS } from './default-headers.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { docsRoutes } from './docs-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { lingeringAnswer } from './lingering-answer.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { describeRoutes, openapiRoutes } from './openapi.ts';
import { pageRoutes } from './page-routes.ts';
import { sendProblem } from './problem.ts';
import { problemRoutes } from './problem-routes.ts';
import { refuseOtherMethods } from './refuse-other-methods.ts';
import { requestRoutes } from './request-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { translateError } from './translate-error.ts';
import { uploadRoutes } from './upload-routes.ts';
import { aboutFields, logOfCall, watchAnswers } from './watch-answers.ts';
import { webhookCompletedRoutes } from './webhook-completed-routes.ts';

/** Who may come in, and until when. */
export interface Doorkeeper {
  /**
   * Answers the name of the caller's API key; '' where none are used, or none is needed.
   * @throws AppError for a call that may not come in
   */
  check(call: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly open: boolean }): string;
  /** Is the service stopping? Then no connection is kept for another call. */
  readonly closing: () => boolean;
}

/** Builds the application: guards, error answers, and every route at `/` and at `/api`. */
export const buildApp = async (
  context: RouteContext,
  door: Doorkeeper,
  log: Logger,
): Promise<{ app: App; routes: readonly RouteEntry[] }> => {
  const app = createApp(context.limits, log);
  const routes = listRoutes(app);
  takeBodiesUnread(app);
  answerErrors(app);
  app.decorateRequest('owner', '');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(DEFAULT_HEADERS);
    const { method, headers, routeOptions } = request;
    request.owner = door.check({ method, headers, open: routeOptions.config.open === true });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (door.closing()) reply.header('connection', 'close');
  });
  lingerOverUnreadBodies(app, context.limits.lingerMs);
  watchAnswers(app, context.metrics);
  await describeRoutes(app, context.links);
  for (const prefix of ['', '/api']) {
    // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for async plugins; the rule sees its callback form only
    await app.register(registerRoutes, { ...context, prefix });
  }
  return { app, routes };
};

const createApp = (limits: HttpLimits, loggerInstance: FastifyBaseLogger): App =>
  fastify({
    loggerInstance,
    // Its name says what it numbers; `request_id` is the request the call is about.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'call' }),
    childLoggerFactory: logOfCall,
    routerOptions: { ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    // `shutting_down` is said by the guard, in the same form as every other error.
    return503OnClosing: false,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.idleSocketMs,
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      maxHeaderSize: limits.maxHeaderBytes,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      reply.headers(DEFAULT_HEADERS);
      void sendProblem(translateError(error), request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

const registerRoutes = async (app: App, context: RouteContext): Promise<void> => {
  const others = refuseOtherMethods(app);
  // The context comes with the prefix of this scope, which is not to be added again.
  // biome-ignore lint/nursery/noMisusedPromises: as above
  await app.register(uploadRoutes, { ...context, prefix: '' });
  statusRoutes(app, context);
  eventRoutes(app, context);
  requestRoutes(app, context);
  imageRoutes(app, context);
  csvFileRoutes(app, context);
  deliveryRoutes(app, context);
  webhookCompletedRoutes(app, context);
  healthRoutes(app, context);
  metricsRoutes(app, context);
  problemRoutes(app);
  openapiRoutes(app);
  docsRoutes(app, context);
  await pageRoutes(app, context);
  others.finish();
};

/** Keeps a list of the routes that answer something, as they are added. */
const listRoutes = (app: App): readonly RouteEntry[] => {
  const routes: RouteEntry[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.refusal === true) return;
    for (const one of [method].flat()) routes.push({ method: one, url, open: config?.open === true });
  });
  return routes;
};

/** No route but `/upload` reads a body, and that one reads it itself. */
const takeBodiesUnread = (app: App): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
};

const answerErrors = (app: App): void => {
  app.setErrorHandler((thrown, request, reply) => {
    const error = translateError(thrown);
    // Refused streams say nothing about the service's health, and one client could fill the log with them.
    if (error.status >= 500 && error.code !== 'too_many_streams') {
      const { url: route } = request.routeOptions;
      request.log.error({ ...aboutFields(request), err: error, route }, 'call failed');
    }
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler(() => {
    throw new AppError('not_found');
  });
};

const lingerOverUnreadBodies = (app: App, lingerMs: number): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    const { raw } = request;
    const unread = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
    if (!unread || raw.complete) return payload;
    reply.header('connection', 'close');
    // Who sends too slowly is not waited for.
    if (typeof payload !== 'string' || payload === '' || reply.statusCode === 408) return payload;
    reply.header('content-length', Buffer.byteLength(payload));
    return lingeringAnswer(payload, raw, lingerMs);
  });
};
