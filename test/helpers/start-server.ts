import type { TestContext } from 'node:test';
import type { EngineOptions } from '../../src/app.ts';
import type { CatalogueLimits } from '../../src/catalogue/limits.ts';
import type { ApiKey } from '../../src/config/settings.ts';
import { createLogger } from '../../src/core/log.ts';
import type { HttpLimits } from '../../src/http/app-types.ts';
import { resolveAddress } from '../../src/http/listen-address.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { servedLinks } from '../../src/work/output-links.ts';
import { openTestEngine, startTestEngine, type TestEngine } from './start-engine.ts';
import { watchAnswers } from './watch-answers.ts';

export interface TestServer extends TestEngine {
  readonly server: HttpServer;
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
}

export interface TestServerOptions {
  /** Text of HALVE_ALLOW_HOSTS. */
  readonly allow?: string;
  readonly apiKeys?: readonly ApiKey[];
  readonly publicUrl?: string;
  readonly limits?: Partial<HttpLimits>;
  readonly catalogueLimits?: CatalogueLimits;
  /** Lets the presses work; without them requests stay as they are. */
  readonly working?: boolean;
  /** Anything else of the engine; its log is the server's, too. */
  readonly engine?: Partial<EngineOptions>;
}

/**
 * A whole service on a free port of 127.0.0.1, listening; stopped after the test. An answer that is not as the OpenAPI
 * document tells fails the test.
 */
export const startTestServer = async (t: TestContext, options: TestServerOptions = {}): Promise<TestServer> => {
  const address = await resolveAddress({ host: '127.0.0.1', port: 0, publicUrl: options.publicUrl ?? null });
  const metrics = new Metrics();
  const open = options.working === true ? startTestEngine : openTestEngine;
  const opened = await open(t, {
    allow: options.allow ?? '',
    links: servedLinks(address.publicUrl),
    publicUrl: address.publicUrl,
    ...(options.catalogueLimits === undefined ? {} : { limits: options.catalogueLimits }),
    meter: metrics,
    ...options.engine,
  });
  const server = await createHttpServer({
    engine: opened.engine,
    address,
    apiKeys: options.apiKeys ?? [],
    log: options.engine?.log ?? createLogger('silent'),
    metrics,
    limits: { graceMs: 2_000, minFreeBytes: 0, ...options.limits },
  });
  watchAnswers(t, server);
  t.after(() => server.stop());
  await server.start();
  return { ...opened, server, url: server.url, port: address.port };
};
