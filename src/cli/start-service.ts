import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { createEngine, type Engine } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../core/log.ts';
import { startAll, stopAll } from '../core/service.ts';
import { resolveAddress } from '../http/listen-address.ts';
import { createHttpServer } from '../http/server.ts';
import { servedUrl } from '../work/output-url.ts';

/** A running service. */
export interface RunningService {
  readonly engine: Engine;
  /** Where it listens. */
  readonly url: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/**
 * Opens the data folder, listens and sets the presses to work.
 * @throws AppError `folder_in_use`, `invalid_settings` (the port is taken), `database_unavailable`
 */
export const startService = async (settings: Settings, log: Logger): Promise<RunningService> => {
  const dataDir = resolve(settings.dataDir);
  const address = await resolveAddress(settings);
  const engine = await createEngine({
    dataDir,
    store: { kind: 'disk', roots: { images: join(dataDir, 'images'), csvfile: join(dataDir, 'csvfile') } },
    outputUrl: servedUrl(address.publicUrl),
    presses: settings.workers ?? availableParallelism(),
    allowHosts: settings.allowHosts,
    log,
  });
  try {
    const server = await createHttpServer({ engine, address, apiKeys: settings.apiKeys, log });
    // The server stops first: nobody is told yes by a service that no longer works.
    const services = [engine, server];
    await startAll(services);
    return { engine, url: server.url, dataDir, stop: () => stopAll(services) };
  } catch (error) {
    await engine.stop();
    throw error;
  }
};
