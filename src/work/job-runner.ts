import type { Logger } from '../core/log.ts';
import type { Service } from '../core/service.ts';
import type { Job, JobKind, Queue } from '../queue/queue.ts';
import { releaseJob } from './release-job.ts';

/** Wait before a failed job is tried again; full disks and lost stores come back in minutes, not milliseconds. */
const RETRY_MS = 5_000;

/** Does the job and completes it in its own last transaction; throws to have it tried again. */
export type JobHandler<K extends JobKind> = (job: Job<K>, signal: AbortSignal) => Promise<void>;

/** Runs the jobs of one kind in this process, one after the other. */
export class JobRunner<K extends JobKind> implements Service {
  readonly #kind: K;
  readonly #queue: Queue;
  readonly #handler: JobHandler<K>;
  readonly #now: () => number;
  readonly #log: Logger;
  #stop: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(kind: K, queue: Queue, handler: JobHandler<K>, context: { now: () => number; log: Logger }) {
    this.#kind = kind;
    this.#queue = queue;
    this.#handler = handler;
    this.#now = context.now;
    this.#log = context.log;
  }

  async start(): Promise<void> {
    if (this.#stop !== null) return;
    const stopping = new AbortController();
    const unsubscribe = this.#queue.onWork(this.#kind, () => {
      this.#running = this.#running.then(() => this.#runAll(stopping.signal));
    });
    this.#stop = () => {
      unsubscribe();
      stopping.abort();
    };
  }

  /** Lets the current job reach its next safe point; it is then given back. */
  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.#running;
  }

  async #runAll(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const [job] = await this.#queue.take(this.#kind, 1);
        if (job === undefined) return;
        await this.#run(job, signal);
      }
    } catch (error) {
      this.#log.error({ err: error, kind: this.#kind }, 'the queue could not be used');
    }
  }

  async #run(job: Job<K>, signal: AbortSignal): Promise<void> {
    try {
      await this.#handler(job, signal);
    } catch (error) {
      if (!signal.aborted) this.#log.error({ err: error, kind: job.kind, rid: job.rid }, 'a job failed; trying again');
      const runAt = this.#now() + (signal.aborted ? 0 : RETRY_MS);
      await releaseJob(this.#queue, job, runAt, { goOn: () => !signal.aborted, log: this.#log });
    }
  }
}
