import { Worker } from 'node:worker_threads';

/** Ends the thread. */
export type StopCheckpointer = () => Promise<void>;

/**
 * Lets a thread of its own do SQLite's checkpoints. The writer would otherwise do them at a commit now and then, and
 * while it waits for the disk (half a second after a million rows) the whole service would answer nobody. PASSIVE
 * checkpoints never make anybody wait. The log starts anew by itself once everything in it has been moved.
 * @param onFailure called when the thread is gone; the writer must then checkpoint itself again
 */
export const startCheckpointer = (path: string, onFailure: (error: unknown) => void): StopCheckpointer => {
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: path });
  worker.on('error', onFailure);
  worker.unref();
  return async () => {
    await worker.terminate();
  };
};
