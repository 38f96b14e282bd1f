/** Who may visit which server when: the limits that keep Halve polite to a host and alive beside a dead one. */
import { AppError, type ImageErrorCode } from '../core/errors.ts';
import { HostState, type Waiter } from './host-state.ts';

/** How a visit ended. Plain data, so that it can cross to another process. */
export type HostVerdict =
  /** The server answered, whatever it said. */
  | { readonly kind: 'ok' }
  /** Not one byte of an answer came: no name, no connection, or silence. `code` says which. */
  | { readonly kind: 'failed'; readonly code: ImageErrorCode }
  /** The server asks for rest (429, or 503 with `Retry-After`), in milliseconds. */
  | { readonly kind: 'pause'; readonly ms: number };

/** Gives the place back; only the first call counts. */
export type LeaveHost = (verdict: HostVerdict) => void;

export interface HostGate {
  /**
   * Waits for a place at `host` (`name:port`), first come, first served.
   * @throws AppError, at once, while the host rests (`http_status`, see {@link wasTried}) or is down (the code of its
   *   last failure); the reason of `signal` when that is aborted while waiting.
   */
  enter(host: string, signal: AbortSignal): Promise<LeaveHost>;
}

/** The time, injected so that tests need not wait. */
export interface GateClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls `wake` once after `ms`; the returned function cancels it. */
  after(ms: number, wake: () => void): () => void;
}

export interface HostGateOptions {
  /** Visits to one host at once. Browsers open six connections to a host; servers are used to that. */
  readonly perHost?: number;
  /** Visits in all. */
  readonly total?: number;
  /** Hosts remembered while nobody visits them. */
  readonly maxIdleHosts?: number;
  readonly clock?: GateClock;
}

/** A server's wish for rest is kept up to here; whatever it asks beyond is not worth an image's wait. */
const MAX_PAUSE_MS = 120_000;
/** A rest this short is waited for in line; through a longer one the place in the press is of better use to others. */
const SHORT_PAUSE_MS = 2_000;

/**
 * False if the error only says that the host rests just now: the image's own turn has not come, so this was no try of
 * its own and must not be counted as one.
 */
export const wasTried = (error: AppError): boolean => error.extras?.tried !== false;

const systemClock: GateClock = {
  now: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * The gate of one process. At most `perHost` visits to a host and `total` in all; within a host first come, first
 * served; between hosts in turn, so that a catalogue of one host does not keep the others out. It opens no sockets.
 */
export class LocalHostGate implements HostGate {
  readonly #perHost: number;
  readonly #total: number;
  readonly #maxIdleHosts: number;
  readonly #clock: GateClock;
  /** Every host remembered, the one used longest ago first. */
  readonly #hosts = new Map<string, HostState>();
  /** The hosts somebody waits for; whoever was served last stands last. */
  readonly #line = new Set<HostState>();
  #inside = 0;

  constructor({ perHost = 6, total = 32, maxIdleHosts = 1_000, clock = systemClock }: HostGateOptions = {}) {
    this.#perHost = perHost;
    this.#total = total;
    this.#maxIdleHosts = maxIdleHosts;
    this.#clock = clock;
  }

  /** Hosts remembered just now, for tests and metrics. */
  get hostCount(): number {
    return this.#hosts.size;
  }

  async enter(host: string, signal: AbortSignal): Promise<LeaveHost> {
    signal.throwIfAborted();
    const state = this.#remember(host);
    const refusal = this.#refusal(state);
    if (refusal !== null) throw refusal;
    return new Promise((resolve, reject) => {
      const abandon = (): void => {
        this.#forget(state, waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        admit: () => {
          signal.removeEventListener('abort', abandon);
          resolve(this.#leaver(state));
        },
        refuse: (error) => {
          signal.removeEventListener('abort', abandon);
          reject(error);
        },
      };
      signal.addEventListener('abort', abandon, { once: true });
      state.waiting.add(waiter);
      this.#line.add(state);
      this.#admit();
    });
  }

  #remember(host: string): HostState {
    const known = this.#hosts.get(host);
    const state = known ?? new HostState(host, this.#perHost);
    this.#hosts.delete(host);
    this.#hosts.set(host, state);
    if (known === undefined && this.#hosts.size > this.#maxIdleHosts) this.#dropOldestIdle(state);
    return state;
  }

  #dropOldestIdle(newest: HostState): void {
    for (const [host, state] of this.#hosts) {
      if (state === newest || state.active > 0 || state.waiting.size > 0) continue;
      this.#hosts.delete(host);
      return;
    }
  }

  /** Lets in whoever may go in now, one from each host in turn. */
  #admit(): void {
    const now = this.#clock.now();
    // A Set's iteration also visits what is added on the way: a host served goes to the end and gets its next turn.
    for (const state of this.#line) {
      if (this.#inside >= this.#total) return;
      if (!state.hasRoom(now)) {
        this.#wakeAfterPause(state, now);
        continue;
      }
      const [first] = state.waiting;
      this.#line.delete(state);
      if (first === undefined) continue;
      state.waiting.delete(first);
      if (state.waiting.size > 0) this.#line.add(state);
      this.#inside += 1;
      state.entered();
      first.admit();
    }
  }

  #leaver(state: HostState): LeaveHost {
    let inside = true;
    return (verdict) => {
      if (!inside) return;
      inside = false;
      this.#inside -= 1;
      state.left(verdict, this.#clock.now(), MAX_PAUSE_MS);
      const refusal = this.#refusal(state);
      if (refusal !== null) this.#refuseAll(state, refusal);
      this.#admit();
    };
  }

  /** Why nobody should wait for this host just now; null if waiting makes sense. */
  #refusal(state: HostState): AppError | null {
    const now = this.#clock.now();
    if (state.isDown(now)) {
      return new AppError(state.lastCode, {
        detail: `The server ${nameOf(state.host)} did not answer several times in a row and is left alone for a while.`,
        retryable: true,
      });
    }
    const restMs = state.pausedUntil - now;
    if (restMs <= SHORT_PAUSE_MS) return null;
    return new AppError('http_status', {
      detail: `The server ${nameOf(state.host)} asks for fewer requests; it is given ${Math.ceil(restMs / 1000)} s of rest.`,
      retryable: true,
      retryAfterMs: restMs,
      group: '429',
      extras: { tried: false },
    });
  }

  #refuseAll(state: HostState, refusal: AppError): void {
    const refused = [...state.waiting];
    state.waiting.clear();
    this.#line.delete(state);
    state.cancelWake();
    for (const waiter of refused) waiter.refuse(refusal);
  }

  #forget(state: HostState, waiter: Waiter): void {
    state.waiting.delete(waiter);
    if (state.waiting.size > 0) return;
    this.#line.delete(state);
    state.cancelWake();
  }

  #wakeAfterPause(state: HostState, now: number): void {
    if (state.pausedUntil <= now) return;
    state.cancelWake();
    state.cancelWake = this.#clock.after(state.pausedUntil - now, () => this.#admit());
  }
}

/** `shop.example:443` as people write it: without the port that goes without saying. */
const nameOf = (host: string): string => host.replace(/:(?:80|443)$/, '');
