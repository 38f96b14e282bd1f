import { collectDefaultMetrics, Registry } from 'prom-client';
import { ERRORS, isImageErrorCode } from '../core/errors.ts';
import { OUTCOMES, REQUEST_STATUSES, type RequestStatus } from '../core/states.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import type { Meter, SettledImages } from './meter.ts';

/** What is only looked up when somebody asks. */
export interface Snapshot {
  readonly requests: Readonly<Partial<Record<RequestStatus, number>>>;
  readonly queue: readonly {
    readonly kind: string;
    readonly entries: number;
    /** How long the oldest due entry has waited; 0 when none is due. */
    readonly oldestDueMs: number;
  }[];
  /** Does work rest because the storage takes nothing? */
  readonly paused: boolean;
  readonly eventStreams: number;
}

/** An HTTP call that was answered. */
export interface Answered {
  readonly method: string;
  /** The pattern of its path, without ids; null when no route took it. */
  readonly route: string | null;
  readonly status: number;
  readonly ms: number;
}

/** Methods of the API; anything else a client may think of shares one label. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);

/**
 * What operators watch, in the text format of Prometheus. Labels only take values from closed lists, so that the number
 * of series is bounded. Each instance counts for itself.
 */
export class Metrics implements Meter {
  readonly #registry = new Registry();
  readonly #instruments: Instruments = createInstruments(this.#registry);

  constructor() {
    const { images, deliveryAttempts, pressEnds } = this.#instruments;
    // A series that begins with its first event hides that event from `increase()`.
    for (const outcome of OUTCOMES) if (outcome !== 'failed') images.inc({ outcome, code: '' }, 0);
    for (const code of Object.keys(ERRORS).filter(isImageErrorCode)) images.inc({ outcome: 'failed', code }, 0);
    for (const kind of ['webhook', 'email'])
      for (const outcome of ['ok', 'failed']) deliveryAttempts.inc({ kind, outcome }, 0);
    for (const reason of ['died', 'retired']) pressEnds.inc({ reason }, 0);
  }

  /** Adds the process itself: processor time, memory, open files, event loop. For as long as the process lives. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  settled({ images, outcome, code, bytesIn, bytesOut, work }: SettledImages): void {
    const known = code === null || isImageErrorCode(code) ? code : 'image_failed';
    this.#instruments.images.inc({ outcome: outcome ?? 'unknown', code: known ?? '' }, images);
    this.#instruments.inputBytes.inc(bytesIn);
    this.#instruments.outputBytes.inc(bytesOut);
    if (work === null) return;
    this.#instruments.encode.observe({ format: work.format }, work.compressMs / 1_000);
    this.#instruments.download.observe(work.downloadMs / 1_000);
  }

  delivered(kind: 'webhook' | 'email', ok: boolean): void {
    this.#instruments.deliveryAttempts.inc({ kind, outcome: ok ? 'ok' : 'failed' });
  }

  pressStarted(): void {
    this.#instruments.presses.inc();
  }

  pressEnded(died: boolean): void {
    this.#instruments.presses.dec();
    this.#instruments.pressEnds.inc({ reason: died ? 'died' : 'retired' });
  }

  answered({ method, route, status, ms }: Answered): void {
    const labels = { method: METHODS.has(method) ? method : 'other', route: route ?? 'none', status: String(status) };
    this.#instruments.answers.observe(labels, ms / 1_000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything counted so far and this snapshot (Prometheus text exposition format 0.0.4). */
  text({ requests, queue, paused, eventStreams }: Snapshot): Promise<string> {
    const { requests: byStatus, queueEntries, queueAge, workPaused, eventStreams: streams } = this.#instruments;
    for (const status of REQUEST_STATUSES) byStatus.set({ status }, requests[status] ?? 0);
    for (const { kind, entries, oldestDueMs } of queue) {
      queueEntries.set({ kind }, entries);
      queueAge.set({ kind }, oldestDueMs / 1_000);
    }
    workPaused.set(paused ? 1 : 0);
    streams.set(eventStreams);
    return this.#registry.metrics();
  }
}
