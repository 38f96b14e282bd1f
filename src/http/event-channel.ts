import { type EventState, finishedText, isNews, progressText } from './event-state.ts';
import { commentText, type EventStream } from './event-stream.ts';

/** Time as a channel sees it. */
export interface EventClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Calls `wake` once after `ms`; the returned function cancels it. */
  after(ms: number, wake: () => void): () => void;
}

export interface ChannelParts {
  /** The request as it stands, or null when it is gone. */
  readonly read: () => Promise<EventState | null>;
  readonly clock: EventClock;
  /** Shortest time between two events to one client. */
  readonly eventMs: number;
  /** How often to look when nothing is heard: speeds change while nothing settles. */
  readonly idleMs: number;
  /** The last client is gone. */
  readonly onEmpty: () => void;
  readonly onError: (error: unknown) => void;
}

/** Timers may fire this much early by a finer clock; without it a client due now would wait for the next tick. */
const TIMER_SLACK_MS = 2;

interface Client {
  readonly stream: EventStream;
  seen: EventState;
  /** When it was last sent an event. */
  at: number;
}

/**
 * The clients that watch one request. Changes only leave a mark; a tick reads the request once, writes the event once,
 * and sends it to all who have something older. So the work follows the time, not the changes, and who reads slowly
 * skips what is out of date.
 */
export class EventChannel {
  readonly #parts: ChannelParts;
  readonly #clients = new Set<Client>();
  #stale = false;
  #behind = false;
  #ticking = false;
  #lastTick: number;
  #cancel: (() => void) | null = null;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#lastTick = parts.clock.now();
  }

  /** Adds a client that was just shown `seen`. */
  add(stream: EventStream, seen: EventState): void {
    const client = { stream, seen, at: this.#parts.clock.now() };
    this.#clients.add(client);
    stream.onClose(() => this.#remove(client));
    // The request may have changed since it was read, when nobody listened yet.
    this.#stale = true;
    this.#plan();
  }

  /** The request has changed. */
  touch(): void {
    if (this.#stale) return;
    this.#stale = true;
    this.#plan();
  }

  /** Plans the next tick; one that runs does so at its end. */
  #plan(): void {
    if (this.#ticking) return;
    const { clock, eventMs, idleMs } = this.#parts;
    const due = this.#lastTick + (this.#stale || this.#behind ? eventMs : idleMs);
    this.#cancel?.();
    this.#cancel = clock.after(Math.max(0, due - clock.now()), () => void this.#tick());
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    this.#stale = false;
    try {
      const state = await this.#parts.read();
      if (state === null) this.#end(commentText('the request was deleted'));
      else if (state.finished) this.#end(finishedText(state));
      else this.#show(state);
    } catch (error) {
      this.#parts.onError(error);
    }
    this.#ticking = false;
    this.#lastTick = this.#parts.clock.now();
    if (this.#clients.size > 0) this.#plan();
  }

  #show(state: EventState): void {
    const { clock, eventMs } = this.#parts;
    const now = clock.now();
    const event = Buffer.from(progressText(state));
    this.#behind = false;
    for (const client of this.#clients) {
      if (!isNews(client.seen, state)) continue;
      if (client.stream.full || now - client.at < eventMs - TIMER_SLACK_MS) {
        this.#behind = true;
        continue;
      }
      client.stream.send(event);
      client.seen = state;
      client.at = now;
    }
  }

  /** Says the last word and forgets everybody. */
  #end(text: string): void {
    for (const client of this.#clients) {
      client.stream.send(text);
      client.stream.end();
      this.#remove(client);
    }
  }

  #remove(client: Client): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#parts.onEmpty();
  }
}
