import type { IncomingHttpHeaders } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { App, HttpLimits, RouteContext, RouteEntry } from './app-types.ts';
import { answerClientError } from './client-error.ts';
import { csvFileRoutes } from './csv-file-routes.ts';
import { DEFAULT_HEADERS } from './default-headers.ts';
import { healthRoutes } from './health-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { lingeringAnswer } from './lingering-answer.ts';
import { pageRoutes } from './page-routes.ts';
import { sendProblem } from './problem.ts';
import { problemRoutes } from './problem-routes.ts';
import { refuseOtherMethods } from './refuse-other-methods.ts';
import { requestRoutes } from './request-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { translateError } from './translate-error.ts';
import { uploadRoutes } from './upload-routes.ts';

/** Who may come in, and until when. */
export interface Doorkeeper {
  /** @throws AppError for a call that may not come in */
  check(call: { readonly method: string; readonly headers: IncomingHttpHeaders; readonly open: boolean }): void;
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
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(DEFAULT_HEADERS);
    door.check({ method: request.method, headers: request.headers, open: request.routeOptions.config.open === true });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (door.closing()) reply.header('connection', 'close');
  });
  lingerOverUnreadBodies(app, context.limits.lingerMs);
  logAnswers(app);
  for (const prefix of ['', '/api']) {
    // biome-ignore lint/nursery/noMisusedPromises: Fastify waits for async plugins; the rule sees its callback form only
    await app.register(registerRoutes, { ...context, prefix });
  }
  return { app, routes };
};

const createApp = (limits: HttpLimits, loggerInstance: FastifyBaseLogger): App =>
  fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
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
  requestRoutes(app, context);
  imageRoutes(app, context);
  csvFileRoutes(app, context);
  healthRoutes(app, context);
  problemRoutes(app);
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
    if (error.status >= 500) request.log.error({ err: error, route: request.routeOptions.url }, 'call failed');
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

/** One line a call; paths by their pattern and no query, so that no id and no address of a user gets into the log. */
const logAnswers = (app: App): void => {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.debug({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'answered');
  });
};
