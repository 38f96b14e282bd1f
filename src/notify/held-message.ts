import { Readable } from 'node:stream';

const CHUNK = 64 * 1024;

/**
 * A message on its way to a mail server, whose end is held back: when all its bytes are under way, it asks `onHandOver`,
 * and only when that has answered yes does the stream end, and so the final dot go out.
 */
export class HeldMessage extends Readable {
  readonly #content: Uint8Array;
  readonly #onProgress: () => void;
  readonly #onHandOver: () => Promise<boolean>;
  #at = 0;
  #released = false;

  constructor(
    content: Uint8Array,
    on: {
      /** Another piece is wanted. */
      readonly progress: () => void;
      /** May the end go out? Never rejects. */
      readonly handOver: () => Promise<boolean>;
    },
  ) {
    super();
    this.#content = content;
    this.#onProgress = on.progress;
    this.#onHandOver = on.handOver;
  }

  /** Was the end let go? From then on the server may have taken the message. */
  get released(): boolean {
    return this.#released;
  }

  /** Has it begun to go out, and not ended? Then nothing but content can be said to the server. */
  get underWay(): boolean {
    return this.#at > 0 && !this.#released;
  }

  override _read(): void {
    if (this.#at >= this.#content.byteLength) {
      void this.#end();
      return;
    }
    this.#onProgress();
    const from = this.#at;
    this.#at += CHUNK;
    this.push(this.#content.subarray(from, this.#at));
  }

  async #end(): Promise<void> {
    const yes = await this.#onHandOver();
    // Destroyed when the connection broke or the attempt was stopped in the meantime: the end must not go out any more.
    if (!yes || this.destroyed) return;
    this.#released = true;
    this.push(null);
  }
}
