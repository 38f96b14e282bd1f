import type { Logger } from '../core/log.ts';
import type { Database, Trx } from '../db/open-database.ts';
import { closeChunk, getRequest } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Job, Queue } from '../queue/queue.ts';
import { queueChunks } from './chunks.ts';
import type { Journal } from './journal.ts';
import { queueFinishIfSettled } from './queue-finish.ts';
import { type Ending, type SettleParts, settleResults } from './settle-results.ts';

/**
 * Results wait this long for company. Each commit costs a sync to disk, during which the service answers nobody; ten
 * commits a second are not felt, one an image would be.
 */
const FLUSH_MS = 100;
/** Wait before writing again when the database refused (full disk): nothing is lost meanwhile, presses just fill up. */
const RETRY_MS = 1_000;

/** A chunk at a press, and what has come of it so far. */
interface OpenChunk {
  readonly job: Job<'images'>;
  endings: Ending[];
  ended: boolean;
}

/** Called after a commit with every request that changed. */
export type OnRecorded = (requests: readonly RequestRow[]) => void;

/** Gathers what becomes of images and writes it down in batches, in order, until it stands. */
export class Recorder {
  readonly #database: Database;
  readonly #queue: Queue;
  readonly #presses: number;
  readonly #context: SettleParts;
  readonly #log: Logger;
  readonly #onRecorded: OnRecorded;
  readonly #chunks = new Map<string, OpenChunk>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly database: Database;
    readonly queue: Queue;
    readonly presses: number;
    readonly context: SettleParts;
    readonly log: Logger;
    readonly onRecorded: OnRecorded;
  }) {
    this.#database = parts.database;
    this.#queue = parts.queue;
    this.#presses = parts.presses;
    this.#context = parts.context;
    this.#log = parts.log;
    this.#onRecorded = parts.onRecorded;
  }

  open(job: Job<'images'>): void {
    this.#chunks.set(job.id, { job, endings: [], ended: false });
  }

  /** Adds endings to a chunk; with `ended` the chunk has none to come. */
  add(chunkId: string, endings: readonly Ending[], ended: boolean): void {
    const chunk = this.#chunks.get(chunkId);
    if (chunk === undefined) return;
    chunk.endings.push(...endings);
    chunk.ended ||= ended;
    this.#schedule(FLUSH_MS);
  }

  /** Writes everything that waits. Resolves when it stands or when the database refuses. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #schedule(delayMs: number): void {
    // What is not written when the program ends is given back at the next start; it must not keep the program alive.
    this.#timer ??= setTimeout(() => void this.flush(), delayMs).unref();
  }

  async #write(): Promise<void> {
    const batch = [...this.#chunks.values()]
      .filter((chunk) => chunk.endings.length > 0 || chunk.ended)
      .map((chunk) => ({ job: chunk.job, endings: chunk.endings, ended: chunk.ended }));
    if (batch.length === 0) return;
    const journal = this.#context.newJournal();
    try {
      const changed = await this.#database.write.transaction().execute(async (trx) => {
        const rows = new Map<number, RequestRow>();
        for (const chunk of batch) {
          const row = await this.#record(trx, chunk, journal);
          if (row !== null) rows.set(row.rid, row);
        }
        return [...rows.values()];
      });
      for (const chunk of batch) this.#forget(chunk);
      journal.tell();
      this.#onRecorded(changed);
    } catch (error) {
      this.#log.error({ err: error }, 'results could not be written; trying again');
      this.#schedule(RETRY_MS);
    }
  }

  #forget(written: OpenChunk): void {
    const chunk = this.#chunks.get(written.job.id);
    if (chunk === undefined) return;
    chunk.endings = chunk.endings.slice(written.endings.length);
    if (written.ended) this.#chunks.delete(written.job.id);
  }

  async #record(trx: Trx, { job, endings, ended }: OpenChunk, journal: Journal): Promise<RequestRow | null> {
    const before = await getRequest(trx, job.rid);
    // A chunk whose claim was lost has been handed to somebody else; what was found here is theirs to find again.
    if (ended && !(await this.#queue.complete(trx, job))) return null;
    if (before === undefined) return null;
    const settled = await settleResults(trx, before, endings, { ...this.#context, journal });
    const now = settled === null || !ended ? settled : await this.#closeChunk(trx, job);
    if (now !== null) await queueFinishIfSettled(trx, this.#queue, now);
    return now;
  }

  async #closeChunk(trx: Trx, job: Job<'images'>): Promise<RequestRow | null> {
    const closed = (await closeChunk(trx, job.rid, job.payload.retry)) ?? null;
    if (closed?.status === 'PROCESSING') await queueChunks(trx, this.#queue, closed, this.#presses);
    return closed;
  }
}
