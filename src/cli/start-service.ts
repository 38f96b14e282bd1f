import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { createEngine, type Engine, type EngineOptions } from '../app.ts';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../core/log.ts';
import { startAll, stopAll } from '../core/service.ts';
import { resolveAddress } from '../http/listen-address.ts';
import { createHttpServer } from '../http/server.ts';
import { Metrics } from '../metrics/metrics.ts';
import { keptWebhookSecrets } from '../notify/kept-secret.ts';
import { linksOf, pressEnvironmentOf, storeOf } from './storage.ts';

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
  const metrics = new Metrics();
  metrics.watchProcess();
  const engine = await createEngine({
    dataDir,
    store: storeOf(settings, dataDir),
    storageEnvironment: pressEnvironmentOf(settings),
    links: linksOf(settings, address.publicUrl),
    publicUrl: address.publicUrl,
    webhookSecrets: settings.webhookSecrets ?? (await keptWebhookSecrets(dataDir)),
    mail: mailOf(settings),
    processor: processorOf(settings),
    presses: settings.workers ?? availableParallelism(),
    allowHosts: settings.allowHosts,
    log,
    meter: metrics,
  });
  try {
    const server = await createHttpServer({ engine, address, apiKeys: settings.apiKeys, log, metrics });
    // The server stops first: nobody is told yes by a service that no longer works.
    const services = [engine, server];
    await startAll(services);
    return { engine, url: server.url, dataDir, stop: () => stopAll(services) };
  } catch (error) {
    await engine.stop();
    throw error;
  }
};

const processorOf = ({
  processorUrl: url,
  processorTimeoutMs: timeoutMs,
}: Settings): NonNullable<EngineOptions['processor']> | null => (url === null ? null : { url, timeoutMs });

/** With a server there is a sender; the settings were checked for it. */
const mailOf = ({ smtp, mailFrom }: Settings): NonNullable<EngineOptions['mail']> | null =>
  smtp === null || mailFrom === null ? null : { server: smtp, from: mailFrom };
