import type { TestContext } from 'node:test';
import type { CatalogueLimits } from '../../src/catalogue/limits.ts';
import type { ApiKey } from '../../src/config/settings.ts';
import { createLogger } from '../../src/core/log.ts';
import type { HttpLimits } from '../../src/http/app-types.ts';
import { resolveAddress } from '../../src/http/listen-address.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { servedUrl } from '../../src/work/output-url.ts';
import { openTestEngine, startTestEngine, type TestEngine } from './start-engine.ts';

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
}

/** A whole service on a free port of 127.0.0.1, listening; stopped after the test. */
export const startTestServer = async (t: TestContext, options: TestServerOptions = {}): Promise<TestServer> => {
  const address = await resolveAddress({ host: '127.0.0.1', port: 0, publicUrl: options.publicUrl ?? null });
  const open = options.working === true ? startTestEngine : openTestEngine;
  const opened = await open(t, {
    allow: options.allow ?? '',
    outputUrl: servedUrl(address.publicUrl),
    ...(options.catalogueLimits === undefined ? {} : { limits: options.catalogueLimits }),
  });
  const server = await createHttpServer({
    engine: opened.engine,
    address,
    apiKeys: options.apiKeys ?? [],
    log: createLogger('silent'),
    limits: { graceMs: 2_000, minFreeBytes: 0, ...options.limits },
  });
  t.after(() => server.stop());
  await server.start();
  return { ...opened, server, url: server.url, port: address.port };
};
