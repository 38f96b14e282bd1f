interface Waiter {
  readonly weight: number;
  readonly resolve: () => void;
}

/**
 * Shares a budget (pixels, bytes, places) first come first served. A weight above the whole budget is admitted alone,
 * so that the largest allowed image is slow instead of stuck.
 */
export class WeightedSemaphore {
  readonly #capacity: number;
  readonly #waiters: Waiter[] = [];
  #used = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Waits until `weight` fits. The returned function gives it back; calling it twice does nothing more. */
  async acquire(weight: number): Promise<() => void> {
    const charged = Math.min(weight, this.#capacity);
    if (this.#waiters.length > 0 || this.#used + charged > this.#capacity) {
      await new Promise<void>((resolve) => this.#waiters.push({ weight: charged, resolve }));
    } else {
      this.#used += charged;
    }
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used -= charged;
      this.#admit();
    };
  }

  #admit(): void {
    for (let next = this.#waiters[0]; next !== undefined; next = this.#waiters[0]) {
      if (this.#used + next.weight > this.#capacity) return;
      this.#waiters.shift();
      this.#used += next.weight;
      next.resolve();
    }
  }
}
