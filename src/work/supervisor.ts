import type { Logger } from '../core/log.ts';
import { type Service, startAll, stopAll } from '../core/service.ts';
import type { Database } from '../db/open-database.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Meter } from '../metrics/meter.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { OpenPool } from './chunk-pool.ts';
import { Deliverer } from './deliver.ts';
import { Dispatcher } from './dispatcher.ts';
import { type FinishContext, finishRequest } from './finish-request.ts';
import { JobRunner } from './job-runner.ts';
import type { Journal } from './journal.ts';
import type { Messengers } from './messengers.ts';
import type { Backoff } from './next-step.ts';
import type { Announced, Outbox } from './outbox.ts';
import type { TakenReports } from './outside-results.ts';
import { RateMeter } from './rate-meter.ts';
import { Recorder } from './recorder.ts';
import { removeRequest } from './remove-request.ts';
import { requestIdOf } from './request-id-of.ts';
import type { ResultFiles } from './result-files.ts';
import { StorageWatch } from './storage-watch.ts';

export interface SupervisorParts {
  readonly database: Database;
  readonly queue: Queue;
  readonly files: ResultFiles;
  readonly outbox: Outbox;
  readonly messengers: Messengers;
  /** Rejects with what is wrong with the storage. */
  readonly checkStorage: () => Promise<void>;
  /** How often a storage that failed is asked again; see storage-watch.ts. */
  readonly storageProbeMs?: number | undefined;
  /** Where chunks are worked on. */
  readonly openPool: OpenPool;
  /** How many are worked on at once; chunks are shared out for that many. */
  readonly presses: number;
  readonly now: () => number;
  readonly backoff: Backoff;
  readonly newJournal: () => Journal;
  readonly log: Logger;
  readonly meter: Meter;
  /** Called after every commit that changed a request. */
  readonly onChange: (request: RequestRow) => void;
  /** Called after the commit that ended a request. */
  readonly onAnnounced: (announced: Announced) => void;
  /** Called when a press has ended, for whatever reason. */
  readonly onPressGone: (pid: number) => void;
}

/** Most of them wait for the other side; see also the places for one receiver in deliver.ts. */
const DELIVERIES_AT_ONCE = 16;

/** Everything that works through the queue: the presses, and the ending and removing of requests. */
export class Supervisor implements Service {
  readonly rates: RateMeter;
  readonly #dispatcher: Dispatcher;
  readonly #storage: StorageWatch;
  readonly #onChange: SupervisorParts['onChange'];
  readonly #services: readonly Service[];
  #running = false;

  constructor(parts: SupervisorParts) {
    const { database, queue, now, log } = parts;
    this.rates = new RateMeter(now);
    this.#onChange = parts.onChange;
    this.#storage = new StorageWatch({
      check: parts.checkStorage,
      log,
      onResume: () => this.#dispatcher.wake(),
      probeMs: parts.storageProbeMs,
    });
    this.#dispatcher = new Dispatcher({
      database,
      queue,
      recorder: this.#newRecorder(parts),
      storage: this.#storage,
      openPool: parts.openPool,
      now,
      log,
      onPressGone: parts.onPressGone,
    });
    this.#services = [
      ...jobRunners(parts, (request, announced) => this.#onFinished(parts, request, announced)),
      this.#storage,
      this.#dispatcher,
      // Last, so that everybody listens when it gives back what a dead process had claimed.
      queue,
    ];
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    await startAll(this.#services);
  }

  /** Ends the presses and gives back what they had; nothing is lost and nothing is half done. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await stopAll(this.#services);
  }

  /** Why work rests, in a sentence; or null. */
  get paused(): string | null {
    return this.#storage.paused;
  }

  /** Stops the presses' work on a request. */
  dropWork(rid: number): void {
    this.#dispatcher.dropRequest(rid);
  }

  /** Images of a request were settled by messages from outside; nothing more is expected of those who have them. */
  settledOutside({ request, accepted, settled }: TakenReports): void {
    this.#dispatcher.forget(request.rid, settled);
    if (accepted > 0) this.#onSettled(request);
  }

  #newRecorder({ database, queue, presses, now, backoff, newJournal, log }: SupervisorParts): Recorder {
    return new Recorder({
      database,
      queue,
      presses,
      context: { queue, now, backoff, newJournal },
      log,
      onRecorded: (requests) => {
        for (const request of requests) this.#onSettled(request);
      },
    });
  }

  #onSettled(request: RequestRow): void {
    this.rates.note(request.rid, request.done + request.failed);
    this.#onChange(request);
  }

  #onFinished({ log, onChange, onAnnounced }: SupervisorParts, request: RequestRow, announced: Announced): void {
    this.rates.forget(request.rid);
    const { id: request_id, status, done, failed, bytes_in, bytes_out, created_at, started_at, finished_at } = request;
    const seconds = ((finished_at ?? created_at) - (started_at ?? created_at)) / 1_000;
    log.info({ request_id, status, done, failed, bytes_in, bytes_out, seconds }, 'finished');
    onChange(request);
    onAnnounced(announced);
  }
}

/** What works through the queue without a press. */
const jobRunners = (parts: SupervisorParts, onFinished: FinishContext['onFinished']): Service[] => {
  const { database, queue, files, outbox, messengers, now, log, meter } = parts;
  const runner = { now, log, requestIdOf: (job: Job) => requestIdOf(database, job) };
  const finishing: FinishContext = { database, queue, files, outbox, now, meter, onFinished };
  const deliverer = new Deliverer({ database, queue, messengers, now, random: Math.random, log, meter });
  return [
    new JobRunner('finish', queue, (job, signal) => finishRequest(job, signal, finishing), runner),
    new JobRunner(
      'remove',
      queue,
      (job, signal) => removeRequest(job, signal, { database, queue, files, log }),
      runner,
    ),
    new JobRunner('deliver', queue, (job, signal) => deliverer.deliver(job, signal), {
      ...runner,
      places: DELIVERIES_AT_ONCE,
    }),
  ];
};
