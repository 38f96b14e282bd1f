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
import { parseAllowList } from './fetch/allow-list.ts';
import { checkUrl } from './fetch/check-url.ts';
import type { DownloadLimits } from './fetch/download.ts';
import { Poster } from './fetch/poster.ts';
import { type Meter, NO_METER } from './metrics/meter.ts';
import type { MailFrom } from './notify/mail-from.ts';
import { MailSender } from './notify/mail-sender.ts';
import type { SmtpServer } from './notify/smtp-url.ts';
import { WebhookSender } from './notify/webhook-sender.ts';
import type { Queue } from './queue/queue.ts';
import { SqliteQueue } from './queue/sqlite-queue.ts';
import type { BlobStore } from './store/blob-store.ts';
import { openStore, type StoreConfig } from './store/open-store.ts';
import { USER_AGENT } from './version.ts';
import { InboundMessages } from './work/inbound-messages.ts';
import { Journal } from './work/journal.ts';
import { Messengers } from './work/messengers.ts';
import type { Backoff } from './work/next-step.ts';
import { Outbox } from './work/outbox.ts';
import type { OutputLinks } from './work/output-links.ts';
import { type PickedPool, pickPool } from './work/pick-pool.ts';
import { RequestService } from './work/request-service.ts';
import { ResultFiles } from './work/result-files.ts';
import { Supervisor } from './work/supervisor.ts';

/** What Halve is built from; the doors (command, service) fill it from their settings. */
export interface EngineOptions {
  /** Folder of the database and the kept uploads; used by one Halve at a time. */
  readonly dataDir: string;
  readonly store: StoreConfig;
  /** Variables of the environment the store needs in the presses; see `storageEnvironment`. */
  readonly storageEnvironment?: Readonly<Record<string, string>>;
  readonly links: OutputLinks;
  /** Address of this service for those it writes to, without a slash at the end; empty where there is none. */
  readonly publicUrl?: string;
  /** Secrets webhooks are signed with, newest first; without any there are no webhooks. */
  readonly webhookSecrets?: readonly string[];
  /** The mail server; without one no e-mails are sent. */
  readonly mail?: { readonly server: SmtpServer; readonly from: MailFrom } | null;
  /** Somebody else who compresses the images; then no presses are started. Needs `publicUrl` and `webhookSecrets`. */
  readonly processor?: { readonly url: string; readonly timeoutMs: number } | null;
  /** Number of presses. */
  readonly presses: number;
  /** Text of HALVE_ALLOW_HOSTS. */
  readonly allowHosts: string;
  readonly log: Logger;
  /** Hears of everything that is counted; nobody does when absent. */
  readonly meter?: Meter;
  readonly limits?: CatalogueLimits;
  readonly downloadLimits?: DownloadLimits;
  readonly now?: () => number;
  /** How often a storage that failed is asked whether it works again. */
  readonly storageProbeMs?: number;
  /** Waits between tries; the real ones when absent. */
  readonly backoff?: Backoff;
}

/** What the engine tells whoever listens, always after the commit. */
export interface EngineEvents {
  /** A request changed; as it stands now. */
  change: [RequestRow];
  /** A request was deleted; as it stood. */
  removed: [RequestRow];
  /** A request ended: the id and the body of the webhook that says so, whether or not anybody gets one. */
  announced: [{ readonly id: string; readonly body: string }];
}

/** Halve without a door: a database, a store, requests, and the presses that work on them. */
export interface Engine extends Service {
  readonly database: Database;
  readonly store: BlobStore;
  readonly requests: RequestService;
  readonly supervisor: Supervisor;
  readonly limits: CatalogueLimits;
  readonly links: OutputLinks;
  /** Folder for uploads that are still arriving; emptied at start. */
  readonly spoolDir: string;
  readonly uploadPath: (requestId: string) => string;
  /** Secrets that sign what goes out and prove what comes in, newest first. */
  readonly webhookSecrets: readonly string[];
  /** Is there a mail server? */
  readonly mailIsOn: boolean;
  /** @throws AppError `invalid_url`, `address_not_allowed`, `host_not_found` for an address that could never be called */
  readonly checkWebhookUrl: (url: string) => void;
  readonly queue: Pick<Queue, 'depths'>;
  /** Signed messages from outside. */
  readonly inbound: InboundMessages;
  readonly events: EventEmitter<EngineEvents>;
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

const newMessengers = (options: EngineOptions, store: BlobStore, now: () => number): Messengers => {
  const { mail = null, webhookSecrets: secrets = [] } = options;
  const poster = new Poster({ allow: parseAllowList(options.allowHosts), userAgent: USER_AGENT });
  return new Messengers({
    webhooks: new WebhookSender({ poster, secrets, now }),
    mail: mail === null ? null : new MailSender(mail),
    store,
  });
};

const poolOf = (options: EngineOptions, now: () => number, backoff: Backoff): PickedPool => {
  const { store, storageEnvironment: environment = {}, allowHosts, downloadLimits, presses, log } = options;
  const { processor = null, publicUrl = '', webhookSecrets: secrets = [], meter = NO_METER } = options;
  const press = { store, environment, allowHosts, userAgent: USER_AGENT, downloadLimits };
  return pickPool({ press, presses, processor, publicUrl, secrets, now, backoff, log, meter });
};

const buildEngine = async (options: EngineOptions, dataDir: string, lock: FolderLock): Promise<Engine> => {
  const { log, links, limits = DEFAULT_LIMITS, now = Date.now, mail = null, backoff = realBackoff } = options;
  const { webhookSecrets = [], meter = NO_METER } = options;
  const newJournal = (): Journal => new Journal(log, meter);
  const { spoolDir, uploads } = await openFolders(dataDir);
  const database = await openSqliteDatabase(dataDir, {
    checkpointFailed: (error) => log.error({ err: error }, 'checkpoints have moved back to the writer'),
  });
  const store = await openStore(options.store);
  const queue = new SqliteQueue(database, now);
  const files = new ResultFiles({ database, store, uploads, limits, links });
  const events: Engine['events'] = new EventEmitter();
  const onChange = (request: RequestRow): void => void events.emit('change', request);
  const mailIsOn = mail !== null;
  const outbox = new Outbox({ queue, links, now, mailIsOn });
  const messengers = newMessengers(options, store, now);
  const { openPool, presses } = poolOf(options, now, backoff);
  const shared = { database, queue, presses, now, log, onChange };
  const supervisor = new Supervisor({
    ...{ ...shared, files, outbox, messengers, openPool, backoff, newJournal, meter },
    checkStorage: () => store.check(),
    storageProbeMs: options.storageProbeMs,
    onAnnounced: (announced) => events.emit('announced', announced),
    onPressGone: (pid) => void store.sweep(pid).catch((error) => log.warn({ err: error }, 'half-written files stay')),
  });
  const uploadPath = (requestId: string): string => files.uploadPath(requestId);
  const requests = new RequestService({
    ...shared,
    intake: { database, limits, uploadPath, now },
    dropWork: (rid) => supervisor.dropWork(rid),
    onRemoved: (request) => events.emit('removed', request),
  });
  const inbound = new InboundMessages({
    ...{ database, outbox, context: { queue, now, backoff, newJournal } },
    onTaken: (taken) => supervisor.settledOutside(taken),
    onAnnounced: (announced) => events.emit('announced', announced),
  });
  return {
    ...{ database, store, requests, supervisor, limits, links, spoolDir, uploadPath },
    checkWebhookUrl: (url) => void checkUrl(url, parseAllowList(options.allowHosts)),
    ...{ webhookSecrets, mailIsOn, queue, inbound, events },
    async start() {
      await sweep(database, spoolDir, uploads);
      await store.sweep();
      await supervisor.start();
    },
    async stop() {
      await supervisor.stop();
      await messengers.close();
      await database.close();
      lock.release();
    },
  };
};

const openFolders = async (dataDir: string): Promise<{ spoolDir: string; uploads: string }> => {
  const folders = { spoolDir: join(dataDir, 'spool'), uploads: join(dataDir, 'uploads') };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
};

/** Removes what a killed process left: uploads that never arrived whole, and files of requests that were not accepted. */
const sweep = async (database: Database, spoolDir: string, uploads: string): Promise<void> => {
  for (const name of await readdir(spoolDir)) await rm(join(spoolDir, name), { force: true });
  for (const name of await readdir(uploads)) {
    const request = await findRequest(database.read, name.replace(/\.csv$/, ''));
    if (request === undefined) await rm(join(uploads, name), { force: true });
  }
};
