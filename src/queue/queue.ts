/**
 * The port to the work queue. Entries are written in the caller's own transaction, so rows and the work on them commit
 * together or not at all. Two engines: `sqlite-queue.ts` for one machine, pg-boss for many.
 */
import type { Trx } from '../db/open-database.ts';

/** Work on a few images of one request. */
export interface ImagesPayload {
  /** Ordinals within the request. */
  readonly ordinals: readonly number[];
  /** The image was in a decoder that died: it is tried alone, in a process of its own. */
  readonly solo: boolean;
  /** Handed out before; counted apart from fresh chunks. */
  readonly retry: boolean;
}

/** The kinds of work, each with what its entry carries besides the request. Entries hold ids, never URLs. */
export interface JobPayloads {
  images: ImagesPayload;
  /** Write the result files and end the request. */
  finish: Record<string, never>;
  /** Remove what is left of a deleted request. */
  remove: { readonly requestId: string };
  /** Make one attempt at a delivery. `byHand`: somebody asked for it; it is made whatever the schedule says. */
  deliver: { readonly deliveryId: string; readonly byHand: boolean };
}
export type JobKind = keyof JobPayloads;

export interface NewJob<K extends JobKind = JobKind> {
  readonly kind: K;
  /** Internal number of the request. */
  readonly rid: number;
  readonly payload: JobPayloads[K];
  /** Not before this time, in ms since 1970; at once when absent. */
  readonly runAt?: number;
}

/** A claimed entry. */
export interface Job<K extends JobKind = JobKind> {
  readonly id: string;
  readonly kind: K;
  readonly rid: number;
  readonly payload: JobPayloads[K];
}

/** What waits of one kind. */
export interface QueueDepth {
  readonly kind: JobKind;
  /** Entries nobody has claimed, due or not. */
  readonly entries: number;
  /** How long the oldest due one has waited, in ms; 0 when none is due. */
  readonly oldestDueMs: number;
}

export interface Queue {
  /** Gives back what dead workers had claimed, then calls listeners when there is work. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Adds entries; they can be taken once the transaction commits. */
  enqueue(trx: Trx, jobs: readonly NewJob[]): Promise<void>;
  /**
   * Claims up to `limit` due entries of a kind. Requests with the least work under way come first, so that ten images
   * do not wait behind a million; within that, the oldest entry.
   */
  take<K extends JobKind>(kind: K, limit: number): Promise<Job<K>[]>;
  /** Removes a claimed entry. False: the claim was lost meanwhile, and the caller must roll back what it did. */
  complete(trx: Trx, job: Job): Promise<boolean>;
  /** Gives a claimed entry back unchanged; it can be taken again at `runAt` (ms since 1970). */
  release(job: Job, runAt: number): Promise<void>;
  /** Is an entry of this kind and request claimed by somebody? */
  isUnderWay(kind: JobKind, rid: number): Promise<boolean>;
  /** What waits, for every kind there is. */
  depths(): Promise<QueueDepth[]>;
  /** Calls `listener` whenever an entry of the kind may be due. Returns the function that ends it. */
  onWork(kind: JobKind, listener: () => void): () => void;
}
