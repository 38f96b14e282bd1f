import type { FastifyReply } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { HttpLimits } from './app-types.ts';
import { EventStream, STREAM_HEADERS } from './event-stream.ts';

type Limits = Pick<HttpLimits, 'maxStreams' | 'streamHeartbeatMs' | 'streamUnreadBytes'>;

/** All event streams of the process: how many there may be, their heartbeat, and their end when the server stops. */
export class EventStreams {
  readonly #limits: Limits;
  readonly #streams = new Set<EventStream>();
  #heartbeat: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Connections that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Turns a call into a stream; its headers are on their way when this returns. From here on the answer is ours: Fastify
   * would wait for its end to send it.
   * @throws AppError `too_many_streams`, `shutting_down`
   */
  open(reply: FastifyReply): EventStream {
    if (this.#closed) throw new AppError('shutting_down');
    if (this.#streams.size >= this.#limits.maxStreams) throw new AppError('too_many_streams');
    reply.hijack();
    const headers = Object.entries({ ...reply.getHeaders(), ...STREAM_HEADERS });
    for (const [name, value] of headers) if (value !== undefined) reply.raw.setHeader(name, value);
    reply.raw.flushHeaders();
    const stream = new EventStream(reply.raw, this.#limits.streamUnreadBytes);
    if (!stream.closed) this.#add(stream);
    return stream;
  }

  #add(stream: EventStream): void {
    this.#streams.add(stream);
    this.#heartbeat ??= setInterval(() => this.#beat(), this.#limits.streamHeartbeatMs).unref();
    stream.onClose(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#rest();
    });
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat();
  }

  #rest(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
  }

  /** Ends all streams and takes no more; what clients have not read by then they ask for after the restart. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) {
      if (stream.full) stream.drop();
      else stream.end();
    }
  }
}
