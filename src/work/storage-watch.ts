import type { Logger } from '../core/log.ts';
import type { Service } from '../core/service.ts';
import type { ImageFailure } from './press-messages.ts';

/** How often a storage that failed is asked whether it works again. */
const PROBE_MS = 10_000;

export interface StorageWatchParts {
  /** Writes, reads and removes a probe; rejects with what is wrong. */
  readonly check: () => Promise<void>;
  readonly log: Logger;
  /** Called when work may go on. */
  readonly onResume: () => void;
  readonly probeMs?: number | undefined;
}

/**
 * Lets the work rest while the storage takes nothing: a full disk, an outage or a wrong permission says nothing about
 * the images, and ten thousand of them should not fail for it.
 */
export class StorageWatch implements Service {
  readonly #check: () => Promise<void>;
  readonly #log: Logger;
  readonly #onResume: () => void;
  readonly #probeMs: number;
  #paused: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #probing: Promise<string | null> | null = null;
  #running = false;

  constructor({ check, log, onResume, probeMs = PROBE_MS }: StorageWatchParts) {
    this.#check = check;
    this.#log = log;
    this.#onResume = onResume;
    this.#probeMs = probeMs;
  }

  /** Why work rests, in a sentence; or null. */
  get paused(): string | null {
    return this.#paused;
  }

  async start(): Promise<void> {
    this.#running = true;
  }

  async stop(): Promise<void> {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#paused = null;
    await this.#probing;
  }

  /**
   * Is this failure the storage's, so that the image should wait for it? A single file that is refused by a storage
   * that otherwise works is the image's own affair; but on a full disk a probe of a few bytes may still fit.
   */
  async blames({ code, group, message }: ImageFailure): Promise<boolean> {
    if (code !== 'storage_failed' || group === null) return false;
    if (this.#paused === null) {
      const fault = group === 'full' ? message : await this.#probe();
      if (fault === null) return false;
      this.#pause(fault);
    }
    return true;
  }

  #pause(fault: string): void {
    if (!this.#running || this.#paused !== null) return;
    this.#paused = fault;
    this.#log.error({ fault }, 'the storage takes nothing; work rests');
    this.#timer = setTimeout(() => void this.#lookAgain(), this.#probeMs).unref();
  }

  async #lookAgain(): Promise<void> {
    const fault = await this.#probe();
    if (!this.#running) return;
    if (fault !== null) {
      this.#paused = fault;
      this.#timer = setTimeout(() => void this.#lookAgain(), this.#probeMs).unref();
      return;
    }
    this.#paused = null;
    this.#log.info('the storage works again; work goes on');
    this.#onResume();
  }

  /** What is wrong with the storage, or null. Those who ask at the same time share one probe. */
  #probe(): Promise<string | null> {
    this.#probing ??= this.#check()
      .then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        this.#probing = null;
      });
    return this.#probing;
  }
}
