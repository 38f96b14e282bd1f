import type { Logger } from '../core/log.ts';
import { type Service, startAll, stopAll } from '../core/service.ts';
import type { Database } from '../db/open-database.ts';
import type { RequestRow } from '../db/schema.ts';
import type { HostGate } from '../fetch/host-gate.ts';
import type { Queue } from '../queue/queue.ts';
import { Dispatcher } from './dispatcher.ts';
import { finishRequest } from './finish-request.ts';
import { JobRunner } from './job-runner.ts';
import type { Backoff } from './next-step.ts';
import type { PressSettings } from './press-messages.ts';
import { RateMeter } from './rate-meter.ts';
import { Recorder } from './recorder.ts';
import { removeRequest } from './remove-request.ts';
import type { ResultFiles } from './result-files.ts';

export interface SupervisorParts {
  readonly database: Database;
  readonly queue: Queue;
  readonly files: ResultFiles;
  readonly gate: HostGate;
  readonly press: PressSettings;
  readonly presses: number;
  readonly now: () => number;
  readonly backoff: Backoff;
  readonly log: Logger;
  /** Called after every commit that changed a request. */
  readonly onChange: (request: RequestRow) => void;
  /** Called when a press has ended, for whatever reason. */
  readonly onPressGone: (pid: number) => void;
}

/** Everything that works through the queue: the presses, and the ending and removing of requests. */
export class Supervisor implements Service {
  readonly rates: RateMeter;
  readonly #dispatcher: Dispatcher;
  readonly #services: readonly Service[];
  #running = false;

  constructor(parts: SupervisorParts) {
    const { database, queue, files, now, log, onChange } = parts;
    this.rates = new RateMeter(now);
    const recorder = new Recorder({
      database,
      queue,
      presses: parts.presses,
      context: { queue, now, backoff: parts.backoff },
      log,
      onRecorded: (requests) => {
        for (const request of requests) {
          this.rates.note(request.rid, request.done + request.failed);
          onChange(request);
        }
      },
    });
    this.#dispatcher = new Dispatcher({
      database,
      queue,
      recorder,
      gate: parts.gate,
      settings: parts.press,
      presses: parts.presses,
      now,
      log,
      onPressGone: parts.onPressGone,
    });
    const onFinished = (request: RequestRow): void => {
      this.rates.forget(request.rid);
      log.info(
        { request_id: request.id, status: request.status, done: request.done, failed: request.failed },
        'finished',
      );
      onChange(request);
    };
    this.#services = [
      new JobRunner(
        'finish',
        queue,
        (job, signal) => finishRequest(job, signal, { database, queue, files, now, onFinished }),
        { now, log },
      ),
      new JobRunner('remove', queue, (job, signal) => removeRequest(job, signal, { database, queue, files }), {
        now,
        log,
      }),
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

  /** Stops the presses' work on a request. */
  dropWork(rid: number): void {
    this.#dispatcher.dropRequest(rid);
  }
}
