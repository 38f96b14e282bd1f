/** What the gate knows of one host: how many are inside, how many may be, and how it has been answering. */
import type { AppError, ImageErrorCode } from '../core/errors.ts';
import type { HostVerdict } from './host-gate.ts';

/** Somebody in line. */
export interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: AppError) => void;
}

/** Visits without any answer, one after the other, before a host counts as down: one full set of places. */
const FAILURES_UNTIL_DOWN = 6;
/** A host that answered this lately is not down; some of its addresses hang, others do not. */
const RECENT_ANSWER_MS = 20_000;
/** How long a host that is down is left alone before one visit tries it again. */
const DOWN_MS = 10_000;

export class HostState {
  readonly host: string;
  /** First come, first served: a Set keeps the order and gives up a place in the middle at no cost. */
  readonly waiting = new Set<Waiter>();
  active = 0;
  pausedUntil = 0;
  lastCode: ImageErrorCode = 'connection_failed';
  /** Cancels the timer that ends a pause, if one runs. */
  cancelWake: () => void = () => undefined;
  readonly #maxPlaces: number;
  /** Visits allowed at once; a fraction while it grows back after the host asked for rest. */
  #places: number;
  #failures = 0;
  #lastAnswerAt = Number.NEGATIVE_INFINITY;
  /** Null while the host is up. After that time one visit, the probe, may find out whether it is up again. */
  #downUntil: number | null = null;
  #probing = false;

  constructor(host: string, places: number) {
    this.host = host;
    this.#maxPlaces = places;
    this.#places = places;
  }

  hasRoom(now: number): boolean {
    return now >= this.pausedUntil && !this.isDown(now) && this.active < Math.floor(this.#places);
  }

  isDown(now: number): boolean {
    return this.#downUntil !== null && (now < this.#downUntil || this.#probing);
  }

  entered(): void {
    this.active += 1;
    this.#probing = this.#downUntil !== null;
  }

  left(verdict: HostVerdict, now: number, maxPauseMs: number): void {
    this.active -= 1;
    if (verdict.kind === 'failed') {
      this.#failed(verdict.code, now);
      return;
    }
    this.#answered(now);
    if (verdict.kind === 'pause') this.#shrink(now, Math.min(verdict.ms, maxPauseMs));
    else this.#grow();
  }

  #failed(code: ImageErrorCode, now: number): void {
    this.#failures += 1;
    this.#probing = false;
    this.lastCode = code;
    if (this.#failures < FAILURES_UNTIL_DOWN || now - this.#lastAnswerAt < RECENT_ANSWER_MS) return;
    this.#downUntil = now + DOWN_MS;
  }

  #answered(now: number): void {
    this.#failures = 0;
    this.#lastAnswerAt = now;
    this.#downUntil = null;
    this.#probing = false;
  }

  /** Additive increase: about one place more for every full round of answers, as TCP does (RFC 5681). */
  #grow(): void {
    this.#places = Math.min(this.#maxPlaces, this.#places + 1 / this.#places);
  }

  /** Multiplicative decrease, once for each pause: six refusals of one burst say the same thing. */
  #shrink(now: number, ms: number): void {
    if (now >= this.pausedUntil) this.#places = Math.max(1, this.#places / 2);
    this.pausedUntil = Math.max(this.pausedUntil, now + ms);
  }
}
