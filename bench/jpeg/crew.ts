import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TaskName } from './tasks.ts';

/** What one run over all photos gave. */
export interface Run {
  readonly seconds: number;
  /** By photo. */
  readonly results: readonly Result[];
}

export interface Result {
  readonly bytes: number;
  readonly end: string | null;
}

export interface Order {
  readonly task: TaskName;
  readonly photo: number;
}

export type Reply = 'ready' | (Result & { readonly photo: number });

/** Orders a worker has at a time: the one in hand, and the next, so that it never waits for it. */
const IN_HAND = 2;

const whenReady = (worker: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('exit', (code) => reject(new Error(`a worker ended before it was ready (${code})`)));
  });

/** As many worker processes as there are cores, like the service's presses. */
export class Crew {
  readonly #workers: readonly ChildProcess[];
  readonly #photos: number;

  private constructor(workers: readonly ChildProcess[], photos: number) {
    this.#workers = workers;
    this.#photos = photos;
  }

  static async open(folder: string, { photos, size }: { readonly photos: number; readonly size: number }) {
    const path = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
    const workers = Array.from({ length: size }, () => fork(path, [folder]));
    const crew = new Crew(workers, photos);
    try {
      await Promise.all(workers.map(whenReady));
      return crew;
    } catch (error) {
      crew.close();
      throw error;
    }
  }

  /** Does one task with every photo; whoever is free takes the next. Rejects when a worker dies. */
  run(task: TaskName): Promise<Run> {
    const results: Result[] = [];
    const started = performance.now();
    let [next, missing] = [0, this.#photos];
    return new Promise((resolve, reject) => {
      const hand = (worker: ChildProcess): void => {
        if (next >= this.#photos) return;
        worker.send({ task, photo: next } satisfies Order);
        next += 1;
      };
      const finish = (settle: () => void): void => {
        for (const worker of this.#workers) worker.removeAllListeners('message').removeAllListeners('exit');
        settle();
      };
      for (const worker of this.#workers) {
        worker.removeAllListeners('exit').on('exit', () => finish(() => reject(new Error(`a worker died at ${task}`))));
        worker.on('message', (reply: Exclude<Reply, 'ready'>) => {
          results[reply.photo] = reply;
          missing -= 1;
          hand(worker);
          if (missing === 0) finish(() => resolve({ seconds: (performance.now() - started) / 1_000, results }));
        });
        for (let i = 0; i < IN_HAND; i += 1) hand(worker);
      }
    });
  }

  close(): void {
    for (const worker of this.#workers) if (worker.connected) worker.disconnect();
  }
}
