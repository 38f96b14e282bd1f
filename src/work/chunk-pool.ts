import type { UnfinishedChunk } from './press.ts';
import type { ChunkTask, ImageResult } from './press-messages.ts';

/** What a pool tells the dispatcher. */
export interface PoolEvents {
  /** There is room for a chunk. */
  hungry(): void;
  result(chunkId: string, result: ImageResult): void;
  /** A press ended; `crashed` unless the pool ended it itself. */
  unfinished(work: readonly UnfinishedChunk[], crashed: boolean): void;
  /** A process is gone; what it left half-written can go as well. */
  gone(pid: number): void;
}

/** Where chunks are worked on: the presses of this machine (`press-pool.ts`), or somebody else (`outside-pool.ts`). */
export interface ChunkPool {
  start(): Promise<void>;
  /** Ends the work; what is not finished then is the caller's again. */
  stop(): Promise<void>;
  /** Is there room for a chunk? */
  readonly hungry: boolean;
  /** Can an image under suspicion be tried alone now? */
  readonly quarantineFree: boolean;
  give(chunk: ChunkTask): void;
  /** Gives one image that may have killed a press to a place of its own. */
  giveAlone(chunk: ChunkTask): void;
  /** Takes a chunk back; nothing more is reported of it. */
  drop(chunkId: string): void;
  /** These images of a chunk were settled by somebody else; what the pool has to say of them counts for nothing. */
  forget(chunkId: string, ordinals: readonly number[]): void;
}

/** Makes the pool that reports to these listeners. */
export type OpenPool = (events: PoolEvents) => ChunkPool;
