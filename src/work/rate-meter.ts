/** Rates are averaged over this long: long enough to be calm, short enough to follow a server that slows down. */
const WINDOW_MS = 10_000;

interface Sample {
  readonly at: number;
  readonly images: number;
}

/** How fast each running request moves, from the moments its images were settled. Forgets finished requests. */
export class RateMeter {
  readonly #now: () => number;
  readonly #samples = new Map<number, Sample[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that `images` images of the request are settled in all. */
  note(rid: number, images: number): void {
    const now = this.#now();
    const samples = this.#samples.get(rid) ?? [];
    samples.push({ at: now, images });
    while (samples.length > 2 && (samples[1]?.at ?? now) < now - WINDOW_MS) samples.shift();
    this.#samples.set(rid, samples);
  }

  forget(rid: number): void {
    this.#samples.delete(rid);
  }

  /** Images settled a second, or null when too little is known. */
  rate(rid: number): number | null {
    const samples = this.#samples.get(rid);
    const first = samples?.[0];
    const last = samples?.at(-1);
    if (first === undefined || last === undefined || first === last) return null;
    const seconds = (Math.max(this.#now(), last.at) - first.at) / 1_000;
    return seconds <= 0 ? null : (last.images - first.images) / seconds;
  }
}
