import type { Logger } from '../core/log.ts';
import { type ClaimedImage, claimImages } from '../db/images.ts';
import type { Database, Trx } from '../db/open-database.ts';
import { getRequest, moveRequest, optionsOf } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { ChunkPool, OpenPool } from './chunk-pool.ts';
import type { UnfinishedChunk } from './press.ts';
import type { ChunkTask, ImageResult } from './press-messages.ts';
import type { Recorder } from './recorder.ts';
import { releaseJob } from './release-job.ts';
import { requestIdOf } from './request-id-of.ts';
import type { Ending } from './settle-results.ts';
import type { StorageWatch } from './storage-watch.ts';

/** Wait before asking the queue again when it could not be read. */
const RETRY_MS = 1_000;

interface HandedChunk {
  readonly rid: number;
  readonly task: ChunkTask;
  /** Those that are still out. */
  readonly images: Map<number, ClaimedImage>;
}

/** Takes chunks from the queue, hands them to the presses (or an outside processor) and passes on what comes back. */
export class Dispatcher {
  readonly #database: Database;
  readonly #queue: Queue;
  readonly #recorder: Recorder;
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #pool: ChunkPool;
  readonly #storage: StorageWatch;
  readonly #handed = new Map<string, HandedChunk>();
  /** Chunks of images under suspicion; each waits for the quarantine press. */
  #solo: HandedChunk[] = [];
  #unsubscribe: (() => void) | null = null;
  #running = false;
  #dispatching = false;
  #again = false;

  constructor(parts: {
    readonly database: Database;
    readonly queue: Queue;
    readonly recorder: Recorder;
    readonly storage: StorageWatch;
    readonly openPool: OpenPool;
    readonly now: () => number;
    readonly log: Logger;
    readonly onPressGone: (pid: number) => void;
  }) {
    this.#database = parts.database;
    this.#queue = parts.queue;
    this.#recorder = parts.recorder;
    this.#storage = parts.storage;
    this.#now = parts.now;
    this.#log = parts.log;
    this.#pool = parts.openPool({
      hungry: () => this.#dispatch(),
      result: (chunkId, result) => void this.#onResult(chunkId, result),
      unfinished: (work, crashed) => this.#onUnfinished(work, crashed),
      gone: parts.onPressGone,
    });
  }

  async start(): Promise<void> {
    this.#running = true;
    this.#unsubscribe = this.#queue.onWork('images', () => this.#dispatch());
    await this.#pool.start();
  }

  /** Gives everything unfinished back to the queue and ends the presses. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#unsubscribe?.();
    await this.#pool.stop();
    for (const chunk of this.#handed.values()) this.#giveBack(chunk);
    this.#solo = [];
    await this.#recorder.flush();
  }

  /** Stops work on a request at once; its images count as not tried. */
  dropRequest(rid: number): void {
    for (const [chunkId, chunk] of [...this.#handed]) {
      if (chunk.rid !== rid) continue;
      this.#pool.drop(chunkId);
      this.#giveBack(chunk);
    }
    this.#solo = this.#solo.filter((chunk) => chunk.rid !== rid);
  }

  /** These images were settled by somebody else; what is still heard of them here counts for nothing. */
  forget(rid: number, ordinals: readonly number[]): void {
    for (const chunk of [...this.#handed.values()]) {
      if (chunk.rid !== rid) continue;
      const settled = ordinals.filter((ordinal) => chunk.images.delete(ordinal));
      if (settled.length === 0) continue;
      this.#pool.forget(chunk.task.chunkId, settled);
      if (chunk.images.size === 0) this.#end(chunk, []);
    }
    this.#solo = this.#solo.filter((chunk) => chunk.images.size > 0);
  }

  /** Looks for work again, for example when the storage takes files again. */
  wake(): void {
    this.#dispatch();
  }

  #dispatch(): void {
    this.#again = true;
    if (this.#dispatching || !this.#running) return;
    this.#dispatching = true;
    void this.#dispatchAll().finally(() => {
      this.#dispatching = false;
      if (this.#again) this.#dispatch();
    });
  }

  async #dispatchAll(): Promise<void> {
    try {
      while (this.#again && this.#running) {
        this.#again = false;
        this.#giveSolo();
        while (this.#running && this.#pool.hungry && this.#storage.paused === null) {
          const [job] = await this.#queue.take('images', 1);
          if (job === undefined) break;
          await this.#handOrRelease(job);
        }
      }
    } catch (error) {
      this.#again = false;
      this.#log.error({ err: error }, 'the queue could not be read; trying again');
      setTimeout(() => this.#dispatch(), RETRY_MS).unref();
    }
  }

  /** A job that was taken and then could not be handed out would otherwise wait for the next start. */
  async #handOrRelease(job: Job<'images'>): Promise<void> {
    try {
      await this.#hand(job);
    } catch (error) {
      const goOn = (): boolean => this.#running;
      const log = this.#log.child({ request_id: await requestIdOf(this.#database, job) });
      await releaseJob(this.#queue, job, this.#now() + RETRY_MS, { goOn, log });
      throw error;
    }
  }

  async #hand(job: Job<'images'>): Promise<void> {
    const { request, images } = await this.#database.write.transaction().execute((trx) => this.#claim(trx, job));
    this.#recorder.open(job);
    if (request?.status === 'PENDING') this.#logStart(request);
    // Nothing to do any more: the request was cancelled or deleted, or another chunk did these images.
    if (request === undefined || images.length === 0) return this.#recorder.add(job.id, [], true);
    const chunk: HandedChunk = {
      rid: job.rid,
      images: new Map(images.map((image) => [image.ordinal, image])),
      task: {
        chunkId: job.id,
        requestId: request.id,
        options: optionsOf(request),
        images: images.map(({ ordinal, row, n, url, claim }) => ({ ordinal, row, n, url, claim })),
      },
    };
    this.#handed.set(job.id, chunk);
    if (this.#running && job.payload.solo) {
      this.#solo.push(chunk);
      this.#giveSolo();
    } else if (this.#running && this.#pool.hungry) {
      this.#pool.give(chunk.task);
    } else {
      // The press that asked for it died meanwhile, or the service is stopping.
      this.#giveBack(chunk);
    }
  }

  /** The first chunk handed out starts the request. */
  async #claim(trx: Trx, job: Job<'images'>): Promise<{ request: RequestRow | undefined; images: ClaimedImage[] }> {
    const request = await getRequest(trx, job.rid);
    if (request === undefined) return { request, images: [] };
    const started = request.status === 'PENDING';
    if (started) await moveRequest(trx, job.rid, 'PROCESSING', { started_at: this.#now() });
    if (!started && request.status !== 'PROCESSING') return { request, images: [] };
    return { request, images: await claimImages(trx, job.rid, job.payload.ordinals) };
  }

  #logStart({ id, total_products, total_images }: RequestRow): void {
    this.#log.info({ request_id: id, products: total_products, images: total_images }, 'started');
  }

  #giveSolo(): void {
    if (!this.#pool.quarantineFree) return;
    const chunk = this.#solo.shift();
    if (chunk !== undefined) this.#pool.giveAlone(chunk.task);
  }

  #giveBack(chunk: HandedChunk): void {
    const endings = [...chunk.images.values()].map((image): Ending => ({ kind: 'given-back', image }));
    chunk.images.clear();
    this.#end(chunk, endings);
  }

  async #onResult(chunkId: string, result: ImageResult): Promise<void> {
    // While the storage is asked, the image stays out: its chunk may not end before its last result is judged.
    const waits = !result.ok && (await this.#storage.blames(result));
    const chunk = this.#handed.get(chunkId);
    const image = chunk?.images.get(result.ordinal);
    if (chunk === undefined || image === undefined) return;
    chunk.images.delete(result.ordinal);
    if (waits)
      this.#log.debug({ request_id: chunk.task.requestId, ordinal: result.ordinal }, 'image waits for the storage');
    this.#end(chunk, [waits ? { kind: 'given-back', image } : { kind: 'result', image, result }]);
  }

  #onUnfinished(work: readonly UnfinishedChunk[], crashed: boolean): void {
    for (const { chunkId, suspects } of work) {
      const chunk = this.#handed.get(chunkId);
      if (chunk === undefined) continue;
      const facts = { request_id: chunk.task.requestId, images: chunk.images.size, suspects: suspects.length };
      if (crashed) this.#log.warn(facts, 'press died; its images go elsewhere');
      const guilty = crashed ? new Set(suspects) : new Set<number>();
      const endings = [...chunk.images.values()].map(
        (image): Ending => ({ kind: guilty.has(image.ordinal) ? 'crashed' : 'given-back', image }),
      );
      chunk.images.clear();
      this.#end(chunk, endings);
    }
  }

  /** Passes endings on; the chunk has ended when none of its images is out any more. */
  #end(chunk: HandedChunk, endings: readonly Ending[]): void {
    const ended = chunk.images.size === 0;
    if (ended) this.#handed.delete(chunk.task.chunkId);
    this.#recorder.add(chunk.task.chunkId, endings, ended);
  }
}
