/** The HTTP door. */
import { isLoopback } from '../config/load-settings.ts';
import type { ApiKey } from '../config/settings.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Service } from '../core/service.ts';
import { Metrics } from '../metrics/metrics.ts';
import { createKeyCheck } from './api-keys.ts';
import { type App, DEFAULT_HTTP_LIMITS, type HttpEngine, type HttpLimits, type RouteEntry } from './app-types.ts';
import { buildApp, type Doorkeeper } from './build-app.ts';
import { refuseCrossSite, refuseStrangeHost } from './cross-site.ts';
import { createLiveEvents, type LiveEvents } from './event-live.ts';
import { createLinks } from './links.ts';
import { type ListenAddress, listenError } from './listen-address.ts';

export interface HttpServerParts {
  readonly engine: HttpEngine;
  /** From `resolveAddress`; the engine's `links` are made of the same `publicUrl`. */
  readonly address: ListenAddress;
  /** None: everybody who reaches the address may do everything. */
  readonly apiKeys: readonly ApiKey[];
  readonly log: Logger;
  /** Where the engine counts, too; one of its own when absent. */
  readonly metrics?: Metrics;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer extends Service {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The application, for tests that need no socket. */
  readonly app: App;
  readonly routes: readonly RouteEntry[];
  readonly live: LiveEvents;
}

/** Builds the server; `start` lets it listen, `stop` finishes the running answers and refuses new calls. */
export const createHttpServer = async (parts: HttpServerParts): Promise<HttpServer> => {
  const { engine, address, log, metrics = new Metrics() } = parts;
  const limits = { ...DEFAULT_HTTP_LIMITS, ...parts.limits };
  const state = { stopping: false };
  const links = createLinks(address.publicUrl);
  const live = createLiveEvents(engine, limits, log);
  const context = { engine, links, limits, live, metrics };
  const { app, routes } = await buildApp(context, createDoorkeeper(parts, state), log);
  app.server.maxConnections = limits.maxConnections;
  let started = false;
  let stopped: Promise<void> | null = null;
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`,
    app,
    routes,
    live,
    async start() {
      if (started) return;
      started = true;
      await app
        .listen({ host: address.host, port: address.port, listenTextResolver: (at) => `Listening at ${at}` })
        .catch((error: unknown) => {
          throw listenError(error, address);
        });
    },
    stop() {
      state.stopping = true;
      // They would not end by themselves.
      live.streams.close();
      stopped ??= close(app, limits.graceMs);
      return stopped;
    },
  };
};

const createDoorkeeper = ({ address, apiKeys }: HttpServerParts, state: { readonly stopping: boolean }): Doorkeeper => {
  const checkKey = createKeyCheck(apiKeys);
  const local = isLoopback(address.host) && apiKeys.length === 0;
  return {
    check({ method, headers, open }) {
      if (state.stopping) throw new AppError('shutting_down');
      if (local) refuseStrangeHost({ method, headers }, address.publicUrl);
      refuseCrossSite({ method, headers }, address.publicUrl);
      if (open || apiKeys.length === 0) return '';
      const name = checkKey(headers);
      if (name === null) throw new AppError('unauthorized');
      return name;
    },
    closing: () => state.stopping,
  };
};

/** Waits for the running answers, but not for ever: a client may read as slowly as it likes. */
const close = async (app: App, graceMs: number): Promise<void> => {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
};
