/** A place given back by calling it. */
type GiveBack = () => void;

interface Host {
  inside: number;
  readonly waiting: Set<() => void>;
}

/**
 * A press's own share of the connections to each host. The service's gate counts visits, but a press keeps connections
 * open between visits; only if each press keeps to its share do all of them together keep to the limit.
 */
export class HostPlaces {
  readonly #perHost: number;
  readonly #hosts = new Map<string, Host>();

  constructor(perHost: number) {
    this.#perHost = perHost;
  }

  /** Waits for a place, first come first served. @throws the reason of `signal` when it is aborted while waiting */
  async acquire(name: string, signal: AbortSignal): Promise<GiveBack> {
    signal.throwIfAborted();
    const host = this.#hosts.get(name) ?? { inside: 0, waiting: new Set() };
    this.#hosts.set(name, host);
    if (host.inside < this.#perHost) host.inside += 1;
    else await this.#wait(host, signal);
    return () => this.#giveBack(name, host);
  }

  #wait(host: Host, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abandon = (): void => {
        host.waiting.delete(admit);
        reject(signal.reason);
      };
      const admit = (): void => {
        signal.removeEventListener('abort', abandon);
        resolve();
      };
      signal.addEventListener('abort', abandon, { once: true });
      host.waiting.add(admit);
    });
  }

  #giveBack(name: string, host: Host): void {
    const [next] = host.waiting;
    if (next !== undefined) {
      // The place goes straight to the next one; `inside` stays as it is.
      host.waiting.delete(next);
      next();
      return;
    }
    host.inside -= 1;
    if (host.inside === 0) this.#hosts.delete(name);
  }
}
