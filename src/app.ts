/** Builds Halve from its settings and starts and stops its parts. The only wiring there is. */
import { EventEmitter } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CatalogueLimits, DEFAULT_LIMITS } from './catalogue/limits.ts';
import { nextTryDelayMs } from './core/backoff.ts';
import type { Logger } from './core/log.ts';
import type { Service } from './core/service.ts';
import { type FolderLock, lockFolder } from './db/folder-lock.ts';
import { type Database, openSqliteDatabase } from './db/open-database.ts';
import { findRequest } from './db/requests.ts';
import type { RequestRow } from './db/schema.ts';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from './fetch/download.ts';
import { LocalHostGate } from './fetch/host-gate.ts';
import { SqliteQueue } from './queue/sqlite-queue.ts';
import type { BlobStore } from './store/blob-store.ts';
import { openStore, type StoreConfig } from './store/open-store.ts';
import { VERSION } from './version.ts';
import type { Backoff } from './work/next-step.ts';
import type { OutputUrl } from './work/output-url.ts';
import type { PressSettings } from './work/press-messages.ts';
import { RequestService } from './work/request-service.ts';
import { ResultFiles } from './work/result-files.ts';
import { Supervisor } from './work/supervisor.ts';

/** What Halve is built from; the doors (command, service) fill it from their settings. */
export interface EngineOptions {
  /** Folder of the database and the kept uploads; used by one Halve at a time. */
  readonly dataDir: string;
  readonly store: StoreConfig;
  readonly outputUrl: OutputUrl;
  /** Number of presses. */
  readonly presses: number;
  /** Text of HALVE_ALLOW_HOSTS. */
  readonly allowHosts: string;
  readonly log: Logger;
  readonly limits?: CatalogueLimits;
  readonly downloadLimits?: DownloadLimits;
  readonly now?: () => number;
  /** Waits between tries; the real ones when absent. */
  readonly backoff?: Backoff;
}

/** Halve without a door: a database, a store, requests, and the presses that work on them. */
export interface Engine extends Service {
  readonly database: Database;
  readonly store: BlobStore;
  readonly requests: RequestService;
  readonly supervisor: Supervisor;
  readonly limits: CatalogueLimits;
  readonly outputUrl: OutputUrl;
  /** Folder for uploads that are still arriving; emptied at start. */
  readonly spoolDir: string;
  readonly uploadPath: (requestId: string) => string;
  /** `change` with the request after every commit that changed one. */
  readonly events: EventEmitter<{ change: [RequestRow] }>;
}

/**
 * Opens the data folder and builds the parts; `start` then sets them to work.
 * @throws AppError `folder_in_use`, `database_unavailable`
 */
export const createEngine = async (options: EngineOptions): Promise<Engine> => {
  const dataDir = resolve(options.dataDir);
  const lock = await lockFolder(dataDir);
  try {
    return await buildEngine(options, dataDir, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
};

const realBackoff: Backoff = (tries, retryAfterMs) =>
  nextTryDelayMs({ attempt: tries, retryAfterMs: retryAfterMs ?? 0, random: Math.random });

const pressSettings = ({ store, allowHosts, downloadLimits, presses }: EngineOptions): PressSettings => ({
  store,
  allowHosts,
  userAgent: `Halve/${VERSION} (image compressor for product catalogues)`,
  downloadLimits: shareOfHosts(downloadLimits ?? DEFAULT_DOWNLOAD_LIMITS, presses),
});

/** Presses keep connections open for themselves, so each gets its part of those a host may see; at least one. */
const shareOfHosts = (limits: DownloadLimits, presses: number): DownloadLimits => ({
  ...limits,
  connectionsPerHost: Math.max(1, Math.floor(limits.connectionsPerHost / presses)),
});

const buildEngine = async (options: EngineOptions, dataDir: string, lock: FolderLock): Promise<Engine> => {
  const { log, presses, outputUrl, limits = DEFAULT_LIMITS, now = Date.now, backoff = realBackoff } = options;
  const spoolDir = join(dataDir, 'spool');
  const uploads = join(dataDir, 'uploads');
  for (const folder of [spoolDir, uploads]) await mkdir(folder, { recursive: true });
  const database = await openSqliteDatabase(dataDir, {
    checkpointFailed: (error) => log.error({ err: error }, 'checkpoints have moved back to the writer'),
  });
  const store = openStore(options.store);
  const queue = new SqliteQueue(database, now);
  const files = new ResultFiles({ database, store, uploads, limits, outputUrl });
  const events: Engine['events'] = new EventEmitter();
  const supervisor = new Supervisor({
    database,
    queue,
    files,
    gate: new LocalHostGate(),
    press: pressSettings(options),
    presses,
    now,
    backoff,
    log,
    onChange: (request) => events.emit('change', request),
    onPressGone: (pid) => void store.sweep(pid).catch((error) => log.warn({ err: error }, 'half-written files stay')),
  });
  const uploadPath = (requestId: string): string => files.uploadPath(requestId);
  const requests = new RequestService({
    database,
    queue,
    presses,
    now,
    intake: { database, limits, uploadPath, now },
    dropWork: (rid) => supervisor.dropWork(rid),
  });
  return {
    database,
    store,
    requests,
    supervisor,
    limits,
    outputUrl,
    spoolDir,
    uploadPath,
    events,
    async start() {
      await sweep(database, spoolDir, uploads);
      await store.sweep();
      await supervisor.start();
    },
    async stop() {
      await supervisor.stop();
      await database.close();
      lock.release();
    },
  };
};

/** Removes what a killed process left: uploads that never arrived whole, and files of requests that were not accepted. */
const sweep = async (database: Database, spoolDir: string, uploads: string): Promise<void> => {
  for (const name of await readdir(spoolDir)) await rm(join(spoolDir, name), { force: true });
  for (const name of await readdir(uploads)) {
    const request = await findRequest(database.read, name.replace(/\.csv$/, ''));
    if (request === undefined) await rm(join(uploads, name), { force: true });
  }
};
