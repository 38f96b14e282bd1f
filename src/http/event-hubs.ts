import type { EngineEvents } from '../app.ts';
import type { RequestRow } from '../db/schema.ts';
import { signedHeaders } from '../notify/sign.ts';
import type { HttpEngine } from './app-types.ts';
import { type ChannelParts, EventChannel } from './event-channel.ts';
import type { EventState } from './event-state.ts';
import { type EventStream, eventText } from './event-stream.ts';

export interface StatusHubParts extends Pick<ChannelParts, 'clock' | 'eventMs' | 'idleMs' | 'onError'> {
  readonly events: HttpEngine['events'];
  /** The request as it stands, or null when it is gone. */
  readonly read: (requestId: string) => Promise<EventState | null>;
}

/** Who watches which request. Keeps nothing of requests nobody watches, and hears nothing while nobody watches any. */
export class StatusHub {
  readonly #parts: StatusHubParts;
  readonly #channels = new Map<string, EventChannel>();
  readonly #touch = (request: RequestRow): void => this.#channels.get(request.id)?.touch();

  constructor(parts: StatusHubParts) {
    this.#parts = parts;
  }

  /** Requests that are watched. */
  get size(): number {
    return this.#channels.size;
  }

  /** Keeps a stream up to date that was just shown `seen`, until the request ends or is deleted, or the client goes. */
  join(requestId: string, stream: EventStream, seen: EventState): void {
    if (stream.ended) return;
    const channel = this.#channels.get(requestId) ?? this.#open(requestId);
    channel.add(stream, seen);
  }

  #open(requestId: string): EventChannel {
    const { events, read, ...parts } = this.#parts;
    if (this.#channels.size === 0) events.on('change', this.#touch).on('removed', this.#touch);
    const channel = new EventChannel({
      ...parts,
      read: () => read(requestId),
      onEmpty: () => this.#close(requestId),
    });
    this.#channels.set(requestId, channel);
    return channel;
  }

  #close(requestId: string): void {
    this.#channels.delete(requestId);
    if (this.#channels.size === 0) this.#parts.events.off('change', this.#touch).off('removed', this.#touch);
  }
}

/** Who listens to the webhooks of all requests. */
export class AnnouncementHub {
  readonly #engine: Pick<HttpEngine, 'events' | 'webhookSecrets'>;
  readonly #streams = new Set<EventStream>();
  readonly #announce = (announced: EngineEvents['announced'][0]): void => this.#sendAll(announced);

  constructor(engine: Pick<HttpEngine, 'events' | 'webhookSecrets'>) {
    this.#engine = engine;
  }

  /** Streams that listen. */
  get size(): number {
    return this.#streams.size;
  }

  /** Sends a stream every announcement from now on. */
  join(stream: EventStream): void {
    if (stream.ended) return;
    if (this.#streams.size === 0) this.#engine.events.on('announced', this.#announce);
    this.#streams.add(stream);
    stream.onClose(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#engine.events.off('announced', this.#announce);
    });
  }

  #sendAll({ id, body }: EngineEvents['announced'][0]): void {
    const headers = signedHeaders({ id, body, timestamp: new Date(), secrets: this.#engine.webhookSecrets });
    const event = Buffer.from(eventText({ event: 'announcement', id, data: JSON.stringify({ headers, body }) }));
    for (const stream of this.#streams) {
      // None may be left out, and what is not read cannot be kept for ever.
      if (stream.full) stream.drop();
      else stream.send(event);
    }
  }
}
