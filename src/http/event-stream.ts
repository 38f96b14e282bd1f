/** Server-sent events (WHATWG HTML, 9.2): their form, and one open answer that carries them. */
import type { ServerResponse } from 'node:http';

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that packs or collects events would hold them back.
  'cache-control': 'no-cache, no-transform',
  // The same for nginx, which collects answers unless it is told not to (ngx_http_proxy_module, proxy_buffering).
  'x-accel-buffering': 'no',
  // A stream has its connection to itself. When it ends, nothing waits for another call on it, least of all a server
  // that is stopping.
  connection: 'close',
} as const;

/** How long a browser waits before it connects again. */
export const RETRY_MS = 3_000;

export interface ServerSentEvent {
  readonly event: string;
  /** Comes back as `Last-Event-ID`; without line breaks and NUL. */
  readonly id: string;
  /** JSON on one line. */
  readonly data: string;
}

export const eventText = ({ event, id, data }: ServerSentEvent): string =>
  `event: ${event}\nid: ${id}\ndata: ${data}\n\n`;

/** A line clients ignore; it shows them and every proxy in between that the stream lives. */
export const commentText = (text: string): string => `: ${text}\n\n`;

/** After this many heartbeats in a row that found its buffer full, a client is dropped. */
const MAX_MISSED_BEATS = 2;

/** An open answer. What is sent to one that has ended is thrown away. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #maxUnreadBytes: number;
  #missedBeats = 0;

  /** @param response with its head written */
  constructor(response: ServerResponse, maxUnreadBytes: number) {
    this.#response = response;
    this.#maxUnreadBytes = maxUnreadBytes;
    // What becomes of the connection is told by `close`.
    response.on('error', () => {});
  }

  get ended(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  /** Does so much lie here unread that the client should be sent nothing more for now? */
  get full(): boolean {
    return this.#response.writableLength > this.#maxUnreadBytes;
  }

  send(text: string | Buffer): void {
    if (!this.ended) this.#response.write(text);
  }

  /** Sends a heartbeat, or gives up on a client that has not read for several. */
  beat(): void {
    this.#missedBeats = this.full ? this.#missedBeats + 1 : 0;
    if (this.#missedBeats >= MAX_MISSED_BEATS) this.drop();
    else if (!this.full) this.send(commentText(''));
  }

  /** Ends the answer behind what was sent. */
  end(): void {
    if (!this.ended) this.#response.end();
  }

  /** Breaks the connection off. */
  drop(): void {
    this.#response.destroy();
  }

  /** Calls back once, when the connection is gone. Not for one that already is. */
  onClose(callback: () => void): void {
    this.#response.once('close', callback);
  }

  /** Is the connection gone? */
  get closed(): boolean {
    return this.#response.destroyed;
  }
}
