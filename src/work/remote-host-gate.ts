import { AppError } from '../core/errors.ts';
import type { HostGate, LeaveHost } from '../fetch/host-gate.ts';
import type { HostPlaces } from './host-places.ts';
import type { FromPress, RefusedHost } from './press-messages.ts';

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (error: AppError) => void;
}

/**
 * The press's end of the host gate: the limit on connections to one host counts all presses together, so the service
 * keeps it and a press asks there for every place.
 */
export class RemoteHostGate implements HostGate {
  readonly #places: HostPlaces;
  readonly #send: (message: FromPress) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastTicket = 0;

  constructor(places: HostPlaces, send: (message: FromPress) => void) {
    this.#places = places;
    this.#send = send;
  }

  async enter(host: string, signal: AbortSignal): Promise<LeaveHost> {
    const giveBack = await this.#places.acquire(host, signal);
    try {
      const ticket = await this.#ask(host, signal);
      return (verdict) => {
        giveBack();
        this.#send({ type: 'leave-host', ticket, verdict });
      };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async #ask(host: string, signal: AbortSignal): Promise<number> {
    this.#lastTicket += 1;
    const ticket = this.#lastTicket;
    const abandon = (): void => {
      this.#send({ type: 'abandon-host', ticket });
    };
    signal.addEventListener('abort', abandon, { once: true });
    try {
      await new Promise<void>((admit, refuse) => {
        this.#waiting.set(ticket, { admit, refuse });
        this.#send({ type: 'enter-host', ticket, host });
      });
    } finally {
      signal.removeEventListener('abort', abandon);
      this.#waiting.delete(ticket);
    }
    return ticket;
  }

  /** The service let this press in. */
  entered(ticket: number): void {
    this.#waiting.get(ticket)?.admit();
  }

  /** The service refused: the host is paused or down, or the wait was abandoned. */
  refused(ticket: number, failure: RefusedHost): void {
    this.#waiting.get(ticket)?.refuse(
      new AppError(failure.code, {
        detail: failure.detail,
        retryable: failure.retryable,
        extras: { tried: failure.tried },
        ...(failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs }),
        ...(failure.group === null ? {} : { group: failure.group }),
      }),
    );
  }
}
