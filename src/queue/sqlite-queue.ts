import { sql } from 'kysely';
import type { Database, Trx } from '../db/open-database.ts';
import { JOB_KINDS, parsePayload } from './parse-payload.ts';
import type { Job, JobKind, NewJob, Queue, QueueDepth } from './queue.ts';

/** `setTimeout` takes at most 2³¹−1 ms; a later entry is looked at again then. */
const MAX_TIMER_MS = 2_147_483_647;

/** Listeners are also called this often without a reason: a wake-up lost to a bug may cost seconds, never a request. */
const SAFETY_POLL_MS = 5_000;

/**
 * The queue of one machine: a table beside the catalogue's own. There is one process that takes entries, and the lock on
 * the data folder proves it, so a claim needs no lease: what is active when the process starts was left by a dead one.
 */
export class SqliteQueue implements Queue {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #listeners = new Map<JobKind, Set<() => void>>();
  readonly #timers = new Map<JobKind, NodeJS.Timeout>();
  #safetyPoll: NodeJS.Timeout | null = null;
  #running = false;

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.#database.write.updateTable('jobs').set({ state: 'ready' }).where('state', '=', 'active').execute();
    const wakeAll = (): void => {
      for (const kind of this.#listeners.keys()) this.#wake(kind);
    };
    wakeAll();
    this.#safetyPoll ??= setInterval(wakeAll, SAFETY_POLL_MS).unref();
  }

  async stop(): Promise<void> {
    this.#running = false;
    if (this.#safetyPoll !== null) clearInterval(this.#safetyPoll);
    this.#safetyPoll = null;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async enqueue(trx: Trx, jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const now = this.#now();
    const rows = jobs.map((job) => ({
      kind: job.kind,
      rid: job.rid,
      payload: JSON.stringify(job.payload),
      run_at: job.runAt ?? now,
    }));
    await trx.insertInto('jobs').values(rows).execute();
    // Taking waits for the writer's turn, so a wake-up before the commit finds the entry all the same.
    for (const kind of new Set(jobs.map((job) => job.kind))) this.#wake(kind);
  }

  async take<K extends JobKind>(kind: K, limit: number): Promise<Job<K>[]> {
    const now = this.#now();
    const jobs = await this.#database.write.transaction().execute(async (trx) => {
      const due = await trx
        .selectFrom('jobs')
        .select(['id', 'rid', 'payload'])
        .where('kind', '=', kind)
        .where('state', '=', 'ready')
        .where('run_at', '<=', now)
        .orderBy(sql`(SELECT count(*) FROM jobs AS other WHERE other.rid = jobs.rid AND other.state = 'active')`)
        .orderBy('id')
        .limit(limit)
        .execute();
      for (const { id } of due) await trx.updateTable('jobs').set({ state: 'active' }).where('id', '=', id).execute();
      return due;
    });
    await this.#setTimer(kind);
    return jobs.map((row) => ({ id: String(row.id), kind, rid: row.rid, payload: parsePayload(kind, row.payload) }));
  }

  async complete(trx: Trx, job: Job): Promise<boolean> {
    const result = await trx
      .deleteFrom('jobs')
      .where('id', '=', Number(job.id))
      .where('state', '=', 'active')
      .executeTakeFirst();
    return result.numDeletedRows === 1n;
  }

  async release(job: Job, runAt: number): Promise<void> {
    await this.#database.write
      .updateTable('jobs')
      .set({ state: 'ready', run_at: runAt })
      .where('id', '=', Number(job.id))
      .where('state', '=', 'active')
      .execute();
    this.#wake(job.kind);
  }

  async isUnderWay(kind: JobKind, rid: number): Promise<boolean> {
    const job = await this.#database.read
      .selectFrom('jobs')
      .select('id')
      .where('rid', '=', rid)
      .where('state', '=', 'active')
      .where('kind', '=', kind)
      .executeTakeFirst();
    return job !== undefined;
  }

  async depths(): Promise<QueueDepth[]> {
    const rows = await this.#database.read
      .selectFrom('jobs')
      .select((eb) => ['kind', eb.fn.countAll<number>().as('entries'), eb.fn.min<number>('run_at').as('oldest')])
      .where('state', '=', 'ready')
      .groupBy('kind')
      .execute();
    const now = this.#now();
    return JOB_KINDS.map((kind) => {
      const { entries, oldest } = rows.find((row) => row.kind === kind) ?? { entries: 0, oldest: now };
      return { kind, entries, oldestDueMs: Math.max(0, now - oldest) };
    });
  }

  onWork(kind: JobKind, listener: () => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #wake(kind: JobKind): void {
    if (!this.#running) return;
    setImmediate(() => {
      if (!this.#running) return;
      for (const listener of this.#listeners.get(kind) ?? []) listener();
    });
  }

  /** Wakes the listeners when the next entry that waits for its time becomes due. */
  async #setTimer(kind: JobKind): Promise<void> {
    const next = await this.#database.read
      .selectFrom('jobs')
      .select('run_at')
      .where('kind', '=', kind)
      .where('state', '=', 'ready')
      .orderBy('run_at')
      .limit(1)
      .executeTakeFirst();
    clearTimeout(this.#timers.get(kind));
    if (next === undefined || !this.#running) return;
    const delay = next.run_at - this.#now();
    // It became due since the caller looked (timers also fire a moment early); nobody else would tell.
    if (delay <= 0) return this.#wake(kind);
    const timer = setTimeout(() => this.#wake(kind), Math.min(delay, MAX_TIMER_MS));
    this.#timers.set(kind, timer);
  }
}
