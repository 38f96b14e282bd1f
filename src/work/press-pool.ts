import type { Logger } from '../core/log.ts';
import type { HostGate } from '../fetch/host-gate.ts';
import type { Meter } from '../metrics/meter.ts';
import type { ChunkPool, PoolEvents } from './chunk-pool.ts';
import { Press, type UnfinishedChunk } from './press.ts';
import type { ChunkTask, PressSettings } from './press-messages.ts';

/**
 * A press is replaced after this many images or above this memory: native libraries leave fragments behind, and a fresh
 * process costs a tenth of a second.
 */
const MAX_HANDLED = 2_000;
const MAX_RSS_BYTES = 700 * 1024 * 1024;
/** Wait before a press that died young is started again, so that a broken installation does not spin. */
const RESTART_DELAY_MS = 500;

/** Keeps `size` presses running, and one more for an image that is suspected of having killed one. */
export class PressPool implements ChunkPool {
  readonly size: number;
  readonly #settings: PressSettings;
  readonly #gate: HostGate;
  readonly #events: PoolEvents;
  readonly #log: Logger;
  readonly #meter: Meter;
  readonly #presses = new Set<Press>();
  readonly #hungry = new Set<Press>();
  /** Presses that finish what they have and are then replaced. */
  readonly #retiring = new Set<Press>();
  #quarantine: Press | null = null;
  #running = false;
  #stopped: (() => void) | null = null;

  constructor(
    size: number,
    settings: PressSettings,
    gate: HostGate,
    events: PoolEvents,
    { log, meter }: { readonly log: Logger; readonly meter: Meter },
  ) {
    this.size = size;
    this.#settings = settings;
    this.#gate = gate;
    this.#events = events;
    this.#log = log;
    this.#meter = meter;
  }

  async start(): Promise<void> {
    this.#running = true;
    for (let i = 0; i < this.size; i += 1) this.#open();
  }

  /** Ends all presses; what they had not finished is reported first. */
  async stop(): Promise<void> {
    this.#running = false;
    const open = [...this.#presses, ...(this.#quarantine === null ? [] : [this.#quarantine])];
    if (open.length === 0) return;
    const ended = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    for (const press of open) press.kill();
    await ended;
  }

  get hungry(): boolean {
    return this.#hungry.size > 0;
  }

  /** True when an image under suspicion can be tried alone now. */
  get quarantineFree(): boolean {
    return this.#quarantine === null && this.#running;
  }

  /** Gives a chunk to the press that has waited longest. */
  give(chunk: ChunkTask): void {
    const [press] = this.#hungry;
    if (press === undefined) throw new Error('No press has room');
    this.#hungry.delete(press);
    press.give(chunk);
  }

  /** Gives one image to a process of its own, which ends with it. */
  giveAlone(chunk: ChunkTask): void {
    this.#quarantine = this.#newPress();
    this.#quarantine.give(chunk);
  }

  /** Takes a chunk back from whichever press has it; nothing more is reported of it. */
  drop(chunkId: string): void {
    for (const press of this.#presses) press.drop(chunkId);
    this.#quarantine?.drop(chunkId);
    if (this.#quarantine?.idle === true) this.#quarantine.kill();
  }

  /** The press works on; its result is not asked for any more. */
  forget(): void {}

  #open(): void {
    this.#presses.add(this.#newPress());
  }

  #newPress(): Press {
    this.#meter.pressStarted();
    return new Press(this.#settings, this.#gate, {
      hungry: (press) => this.#onHungry(press),
      result: (press, chunkId, result) => {
        this.#events.result(chunkId, result);
        this.#retireIfDue(press);
      },
      ended: (press, work) => this.#onEnded(press, work),
    });
  }

  #onHungry(press: Press): void {
    if (press === this.#quarantine || this.#retiring.has(press) || !this.#running) return;
    this.#hungry.add(press);
    this.#events.hungry();
  }

  #retireIfDue(press: Press): void {
    if (press === this.#quarantine) {
      if (press.idle) press.kill();
      return;
    }
    if (press.handled >= MAX_HANDLED || press.rss > MAX_RSS_BYTES) {
      this.#retiring.add(press);
      this.#hungry.delete(press);
    }
    if (this.#retiring.has(press) && press.idle) press.kill();
  }

  #onEnded(press: Press, work: readonly UnfinishedChunk[]): void {
    const images = work.reduce((sum, { ordinals }) => sum + ordinals.length, 0);
    const ending = this.#retiring.has(press) || press === this.#quarantine;
    const planned = !this.#running || (ending && images === 0);
    const replace = this.#presses.delete(press);
    this.#hungry.delete(press);
    this.#retiring.delete(press);
    if (press === this.#quarantine) this.#quarantine = null;
    this.#meter.pressEnded(!planned);
    if (!planned) this.#log.warn({ pid: press.pid, images }, 'a press ended unexpectedly');
    this.#events.unfinished(work, this.#running);
    if (press.pid !== undefined) this.#events.gone(press.pid);
    if (this.#running) {
      if (replace) this.#reopen(press);
      this.#events.hungry();
    } else if (this.#presses.size === 0 && this.#quarantine === null) {
      this.#stopped?.();
    }
  }

  #reopen(ended: Press): void {
    if (ended.handled > 0) {
      this.#open();
      return;
    }
    setTimeout(() => {
      if (this.#running) this.#open();
    }, RESTART_DELAY_MS).unref();
  }
}
