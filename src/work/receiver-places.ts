/** Attempts at one receiver at the same time. A receiver that hangs then keeps two places, not all of them. */
const PER_RECEIVER = 2;
/** When a receiver's places are taken, its next delivery looks again this much later at the soonest. */
const BUSY_MS = 1_000;
/** And at the latest: a receiver that was slow and is well again should not wait longer for the rest. */
const MAX_WAIT_MS = 300_000;
/** A turn is reckoned as long as this at least; shorter ones would only make the queue look more often. */
const MIN_TURN_MS = 5;

interface Receiver {
  /** When the attempts under way began. */
  readonly began: number[];
  /** How long the last one took that ended. */
  lastMs: number;
  /** When the next delivery that finds no place may come again. */
  nextTurn: number;
}

/**
 * Who may be called how often at once. Those that find no place are told when to come again, one behind the other as
 * fast as the receiver takes them: were they all told the same second, thousands that wait for one receiver which hangs
 * would keep the queue busy with nothing else.
 */
export class ReceiverPlaces {
  readonly #receivers = new Map<string, Receiver>();
  readonly #now: () => number;
  readonly #random: () => number;

  /** @param random uniform in [0, 1) */
  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  /** Takes a place and answers the function that gives it back; or, when none is free, the milliseconds to wait. */
  enter(name: string): (() => void) | number {
    const now = this.#now();
    const receiver = this.#receivers.get(name) ?? { began: [], lastMs: 0, nextTurn: 0 };
    if (receiver.began.length >= PER_RECEIVER) return this.#turn(receiver, now);
    this.#receivers.set(name, receiver);
    receiver.began.push(now);
    return () => this.#leave(name, receiver, now);
  }

  #leave(name: string, receiver: Receiver, began: number): void {
    receiver.lastMs = this.#now() - began;
    receiver.began.splice(receiver.began.indexOf(began), 1);
    if (receiver.began.length === 0) this.#receivers.delete(name);
  }

  #turn(receiver: Receiver, now: number): number {
    const underWayMs = now - Math.min(...receiver.began);
    const turnMs = Math.max(receiver.lastMs, underWayMs, MIN_TURN_MS) / PER_RECEIVER;
    receiver.nextTurn = Math.max(receiver.nextTurn, now + BUSY_MS) + turnMs;
    const wait = receiver.nextTurn - now;
    // Beyond the limit they come in no order, but still not together.
    return Math.round(wait <= MAX_WAIT_MS ? wait : MAX_WAIT_MS * (0.5 + 0.5 * this.#random()));
  }
}
