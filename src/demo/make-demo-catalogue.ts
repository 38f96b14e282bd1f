import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { DEMO_PRODUCTS } from './demo-products.ts';
import type { DemoFile } from './draw-pictures.ts';

export interface DemoCatalogueOptions {
  /** Called after each product with the number of products drawn so far and their total. */
  readonly onProgress?: (drawn: number, total: number) => void;
  /** Which products to draw, by their place in the table; all without it. */
  readonly products?: readonly number[];
  /** Threads that draw; by default one a core, at most four: more would only start up. */
  readonly threads?: number;
}

/**
 * Draws all picture files of the demo, by their path on the demo's origin. The same files every time.
 * Takes a few seconds on all cores, which is why it runs in threads and reports progress.
 */
export const makeDemoCatalogue = async (options: DemoCatalogueOptions = {}): Promise<ReadonlyMap<string, DemoFile>> => {
  const threads = options.threads ?? Math.min(4, availableParallelism());
  const drawn = new Map<number, readonly DemoFile[]>();
  const chosen = options.products ?? [...DEMO_PRODUCTS.keys()];
  // One iterator for all threads: each takes the next product when it is free.
  const queue = chosen.values();
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./draw-worker.ts', import.meta.url)));
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const index of queue) {
          drawn.set(index, await drawOne(worker, index));
          options.onProgress?.(drawn.size, chosen.length);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  const inOrder = chosen.flatMap((index) => drawn.get(index) ?? []);
  return new Map(inOrder.map((file) => [file.path, file]));
};

const drawOne = (worker: Worker, index: number): Promise<readonly DemoFile[]> =>
  new Promise((resolve, reject) => {
    const done = ({ files }: { files: readonly DemoFile[] }): void => {
      worker.off('error', reject);
      resolve(files);
    };
    worker.once('message', done);
    worker.once('error', reject);
    worker.postMessage(index);
  });
