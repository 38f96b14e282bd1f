import { randomUUID } from 'node:crypto';
import { AppError, ERRORS, toAppError } from '../core/errors.ts';
import { formatFileId } from '../core/file-id.ts';
import type { Logger } from '../core/log.ts';
import type { PostAnswer, Poster, PostHeaders } from '../fetch/poster.ts';
import { signedHeaders } from '../notify/sign.ts';
import type { ChunkPool, PoolEvents } from './chunk-pool.ts';
import type { Backoff } from './next-step.ts';
import type { ChunkTask, ImageFailure } from './press-messages.ts';

/**
 * Chunks the processor has at once. Four of up to 32 images hide the way there and back even for a distant processor,
 * and are few enough that a processor which answers nothing holds little of a request.
 */
export const OUTSIDE_CHUNKS = 4;

/** Where chunks go instead of to presses. */
export interface ProcessorSettings {
  readonly url: string;
  /** From the moment a chunk was taken to its last result, in milliseconds. */
  readonly timeoutMs: number;
  /** Where results are to be sent: `{PUBLIC_URL}/webhook-completed`. */
  readonly callbackUrl: string;
}

export interface OutsidePoolParts {
  readonly processor: ProcessorSettings;
  readonly poster: Poster;
  /** Messages are signed with all of them (Standard Webhooks). */
  readonly secrets: readonly string[];
  readonly now: () => number;
  /** Rests after a chunk that was not taken. */
  readonly backoff: Backoff;
  readonly log: Logger;
}

interface OutChunk {
  readonly task: ChunkTask;
  /** Images without a result, by ordinal. */
  readonly open: Set<number>;
  readonly posting: AbortController;
  timer: NodeJS.Timeout | null;
}

/**
 * Posts chunks to an outside image processor. Its results come in at `/webhook-completed` and are settled there
 * (`inbound-messages.ts`); this end only knows what is out, for how long, and gives up on what is not answered.
 */
export class OutsidePool implements ChunkPool {
  readonly #parts: OutsidePoolParts;
  readonly #events: PoolEvents;
  readonly #chunks = new Map<string, OutChunk>();
  /** Posts on their way, also of chunks that were answered before the post was. */
  readonly #posting = new Set<AbortController>();
  #running = false;
  #resting: NodeJS.Timeout | null = null;
  #faultsInARow = 0;

  constructor(parts: OutsidePoolParts, events: PoolEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  async start(): Promise<void> {
    this.#running = true;
    this.#events.hungry();
  }

  async stop(): Promise<void> {
    this.#running = false;
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    for (const chunk of this.#chunks.values()) this.#close(chunk);
    for (const posting of this.#posting) posting.abort();
    await this.#parts.poster.close();
  }

  get hungry(): boolean {
    return this.#running && this.#resting === null && this.#chunks.size < OUTSIDE_CHUNKS;
  }

  /** A suspect can do no harm here: it goes out like any other. */
  get quarantineFree(): boolean {
    return this.hungry;
  }

  give(task: ChunkTask): void {
    const open = new Set(task.images.map(({ ordinal }) => ordinal));
    const chunk: OutChunk = { task, open, posting: new AbortController(), timer: null };
    this.#chunks.set(task.chunkId, chunk);
    void this.#send(chunk);
  }

  giveAlone(task: ChunkTask): void {
    this.give(task);
  }

  drop(chunkId: string): void {
    const chunk = this.#chunks.get(chunkId);
    if (chunk === undefined) return;
    chunk.posting.abort();
    this.#close(chunk);
    this.#events.hungry();
  }

  forget(chunkId: string, ordinals: readonly number[]): void {
    const chunk = this.#chunks.get(chunkId);
    if (chunk === undefined) return;
    for (const ordinal of ordinals) chunk.open.delete(ordinal);
    if (chunk.open.size > 0) return;
    this.#close(chunk);
    this.#events.hungry();
  }

  #isOut(chunk: OutChunk): boolean {
    return this.#chunks.get(chunk.task.chunkId) === chunk;
  }

  #close(chunk: OutChunk): void {
    if (chunk.timer !== null) clearTimeout(chunk.timer);
    this.#chunks.delete(chunk.task.chunkId);
  }

  async #send(chunk: OutChunk): Promise<void> {
    this.#posting.add(chunk.posting);
    const refusal = await this.#post(chunk);
    this.#posting.delete(chunk.posting);
    // Every image may have its result before the post has its answer.
    if (!this.#isOut(chunk)) return;
    if (refusal !== null) {
      this.#rest(refusal.retryAfterMs ?? null);
      this.#fail(chunk, refusal);
      return;
    }
    this.#faultsInARow = 0;
    const { timeoutMs } = this.#parts.processor;
    const late = (): void => this.#fail(chunk, timedOut(timeoutMs));
    chunk.timer = setTimeout(late, timeoutMs).unref();
  }

  /** Answers why the chunk was not taken, or null. */
  async #post({ task, posting }: OutChunk): Promise<AppError | null> {
    const { processor, poster, secrets, now } = this.#parts;
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    const body = JSON.stringify(chunkMessage(task, processor.callbackUrl, now()));
    const headers = (): PostHeaders => ({
      'content-type': 'application/json',
      ...signedHeaders({ id, timestamp: new Date(now()), body, secrets }),
    });
    try {
      const answer = await poster.post(processor.url, { headers, body, signal: posting.signal });
      return answer.status >= 200 && answer.status < 300 ? null : notTaken(answer);
    } catch (error) {
      return unreachable(error);
    }
  }

  /**
   * Nothing is posted for a while after a chunk that was not taken, so that an outage costs a few chunks their tries and
   * not the whole catalogue.
   */
  #rest(retryAfterMs: number | null): void {
    if (this.#resting !== null || !this.#running) return;
    this.#faultsInARow += 1;
    const wake = (): void => {
      this.#resting = null;
      this.#events.hungry();
    };
    this.#resting = setTimeout(wake, this.#parts.backoff(this.#faultsInARow, retryAfterMs)).unref();
  }

  #fail(chunk: OutChunk, error: AppError): void {
    this.#close(chunk);
    const { chunkId, requestId } = chunk.task;
    const facts = { request_id: requestId, code: error.code, images: chunk.open.size, err: error.cause };
    this.#parts.log.warn(facts, error.message);
    for (const { ordinal, claim } of chunk.task.images) {
      if (chunk.open.has(ordinal)) this.#events.result(chunkId, failureOf(ordinal, claim, error));
    }
    this.#events.hungry();
  }
}

/** The message of docs/processor.md. */
const chunkMessage = ({ requestId, chunkId, options, images }: ChunkTask, callbackUrl: string, now: number) => ({
  type: 'images.process',
  timestamp: new Date(now).toISOString(),
  request_id: requestId,
  chunk_id: chunkId,
  callback_url: callbackUrl,
  options: {
    target: options.target,
    quality: options.quality,
    format: options.format,
    max_width: options.maxWidth,
    max_height: options.maxHeight,
    tolerant: options.tolerant,
  },
  images: images.map(({ ordinal, url }) => ({ file_id: formatFileId({ requestId, ordinal }), input_url: url })),
});

/** Users read these sentences; the address of the processor and what it says are for the log. */
const notTaken = ({ status, statusText, retryAfterMs, snippet }: PostAnswer): AppError =>
  new AppError('processor_unreachable', {
    detail: `The outside image processor did not take the image: it answered ${`${status} ${statusText}`.trim()}.`,
    group: String(status),
    cause: snippet,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });

const unreachable = (thrown: unknown): AppError => {
  const { code } = toAppError(thrown, 'connection_failed');
  return new AppError('processor_unreachable', {
    detail: `The outside image processor did not take the image. ${ERRORS[code].message}`,
    group: code,
    cause: thrown,
  });
};

const timedOut = (timeoutMs: number): AppError =>
  new AppError('processor_timed_out', {
    detail: `The outside image processor took the image and sent no result within ${timeoutMs / 1_000} s.`,
  });

const failureOf = (ordinal: number, claim: number, error: AppError): ImageFailure => ({
  ok: false,
  ordinal,
  claim,
  code: error.code,
  message: error.message,
  retryable: error.retryable,
  retryAfterMs: error.retryAfterMs ?? null,
  group: error.group ?? null,
  tried: true,
  bytesIn: null,
});
