import type { ChunkTask, FromPress, ImageTask } from './press-messages.ts';
import { type PressTools, processImage } from './process-image.ts';

/**
 * Below this many unfinished images a press asks for its next chunk: as many as two half chunks, so that downloads of
 * the next chunk run while the last pictures of this one are compressed.
 */
const LOW_WATER = 16;
/** Chunks a press holds at most; slow servers leave the rests of several chunks waiting side by side. */
const MAX_CHUNKS = 8;
/** After this long without anything to compress, a press asks for more although downloads are still on their way. */
const STARVING_MS = 250;

/** The images a press is working on. All may wait for their hosts at once; tools bound what is in memory and decoded. */
export class ImagePipeline {
  readonly #tools: PressTools;
  readonly #send: (message: FromPress) => void;
  readonly #chunks = new Map<string, { open: number; readonly dropped: AbortController }>();
  readonly #starving: NodeJS.Timeout;
  #unfinished = 0;
  #compressing = 0;
  #asked = false;

  constructor(tools: PressTools, send: (message: FromPress) => void) {
    this.#tools = tools;
    this.#send = send;
    this.#starving = setInterval(() => {
      if (this.#compressing === 0) this.#ask();
    }, STARVING_MS);
    this.#ask();
  }

  add(chunk: ChunkTask): void {
    this.#asked = false;
    this.#unfinished += chunk.images.length;
    this.#chunks.set(chunk.chunkId, { open: chunk.images.length, dropped: new AbortController() });
    for (const image of chunk.images) void this.#work(chunk, image);
    this.#askIfLow();
  }

  /** Stops what can be stopped of a chunk and reports nothing more of it. */
  drop(chunkId: string): void {
    this.#chunks.get(chunkId)?.dropped.abort();
  }

  stop(): void {
    clearInterval(this.#starving);
    for (const { dropped } of this.#chunks.values()) dropped.abort();
  }

  async #work(chunk: ChunkTask, image: ImageTask): Promise<void> {
    const { chunkId, requestId, options } = chunk;
    const state = this.#chunks.get(chunkId);
    if (state === undefined) return;
    const { signal } = state.dropped;
    let decoding = false;
    const onDecoding = (): void => {
      signal.throwIfAborted();
      decoding = true;
      this.#compressing += 1;
      this.#send({ type: 'decoding', chunkId, ordinal: image.ordinal });
    };
    const result = await processImage({ requestId, options, image, signal, onDecoding }, this.#tools);
    if (decoding) this.#compressing -= 1;
    this.#unfinished -= 1;
    state.open -= 1;
    if (state.open === 0) this.#chunks.delete(chunkId);
    if (!signal.aborted) this.#send({ type: 'result', chunkId, result });
    this.#askIfLow();
  }

  #askIfLow(): void {
    if (this.#unfinished < LOW_WATER) this.#ask();
  }

  #ask(): void {
    if (this.#asked || this.#chunks.size >= MAX_CHUNKS) return;
    this.#asked = true;
    this.#send({ type: 'hungry' });
  }
}
