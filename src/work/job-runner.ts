import type { Logger } from '../core/log.ts';
import type { Service } from '../core/service.ts';
import type { Job, JobKind, Queue } from '../queue/queue.ts';
import { releaseJob } from './release-job.ts';

/** Wait before a failed job is tried again; full disks and lost stores come back in minutes, not milliseconds. */
const RETRY_MS = 5_000;

/**
 * Does the job and completes it in its own last transaction; throws to have it tried again. A number gives it back
 * undone: it comes again after that many milliseconds.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that says nothing is the usual one
export type JobHandler<K extends JobKind> = (job: Job<K>, signal: AbortSignal) => Promise<void | number>;

export interface JobRunnerOptions {
  readonly now: () => number;
  readonly log: Logger;
  /** Whose work a job is, for the log. */
  readonly requestIdOf: (job: Job) => Promise<string | null>;
  /** Jobs at the same time; one when absent. */
  readonly places?: number;
}

/** Runs the jobs of one kind in this process. */
export class JobRunner<K extends JobKind> implements Service {
  readonly #kind: K;
  readonly #queue: Queue;
  readonly #handler: JobHandler<K>;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #requestIdOf: JobRunnerOptions['requestIdOf'];
  readonly #places: number;
  readonly #running = new Set<Promise<void>>();
  #filling: Promise<void> = Promise.resolve();
  #stop: (() => void) | null = null;

  constructor(kind: K, queue: Queue, handler: JobHandler<K>, options: JobRunnerOptions) {
    this.#kind = kind;
    this.#queue = queue;
    this.#handler = handler;
    this.#now = options.now;
    this.#log = options.log;
    this.#requestIdOf = options.requestIdOf;
    this.#places = options.places ?? 1;
  }

  async start(): Promise<void> {
    if (this.#stop !== null) return;
    const stopping = new AbortController();
    const unsubscribe = this.#queue.onWork(this.#kind, () => this.#refill(stopping.signal));
    this.#stop = () => {
      unsubscribe();
      stopping.abort();
    };
  }

  /** Lets the current jobs reach their next safe point; they are then given back. */
  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.#filling;
    await Promise.all(this.#running);
  }

  #refill(signal: AbortSignal): void {
    this.#filling = this.#filling.then(() => this.#fill(signal));
  }

  async #fill(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted && this.#running.size < this.#places) {
        // SQLite answers without waiting, so a long row of jobs that end at once would let nothing else of this process
        // have its turn.
        await new Promise(setImmediate);
        const jobs = await this.#queue.take(this.#kind, this.#places - this.#running.size);
        if (jobs.length === 0) return;
        for (const job of jobs) this.#begin(job, signal);
      }
    } catch (error) {
      this.#log.error({ err: error, kind: this.#kind }, 'the queue could not be used');
    }
  }

  #begin(job: Job<K>, signal: AbortSignal): void {
    const run = this.#run(job, signal).finally(() => {
      this.#running.delete(run);
      this.#refill(signal);
    });
    this.#running.add(run);
  }

  async #run(job: Job<K>, signal: AbortSignal): Promise<void> {
    let delayMs = RETRY_MS;
    let log = this.#log;
    try {
      const again = await this.#handler(job, signal);
      if (typeof again !== 'number') return;
      delayMs = again;
    } catch (error) {
      log = log.child({ request_id: await this.#requestIdOf(job) });
      if (!signal.aborted) log.error({ err: error, kind: job.kind }, 'a job failed; trying again');
    }
    const runAt = this.#now() + (signal.aborted ? 0 : delayMs);
    await releaseJob(this.#queue, job, runAt, { goOn: () => !signal.aborted, log });
  }
}
