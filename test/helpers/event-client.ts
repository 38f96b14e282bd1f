/** A client of server-sent events that keeps what it is sent; written from the standard, not from our server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import type { TestServer } from './start-server.ts';

export interface SeenEvent {
  /** `message` where the server names none. */
  readonly event: string;
  /** The last id the server sent, as the client would send it back. */
  readonly id: string;
  readonly data: string;
  /** Milliseconds, by the client's clock. */
  readonly at: number;
}

/** Splits a text into events as in WHATWG HTML, 9.2.6. */
class EventParser {
  readonly events: SeenEvent[] = [];
  readonly comments: string[] = [];
  retryMs: number | null = null;
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  add(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (line === '') this.#dispatch();
    else if (field === '') this.comments.push(value.trim());
    else if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    else throw new Error(`no field of an event stream: ${line}`);
  }

  #dispatch(): void {
    const seen = { event: this.#event || 'message', id: this.#id, data: this.#data.join('\n'), at: performance.now() };
    if (this.#data.length > 0) this.events.push(seen);
    this.#event = '';
    this.#data = [];
  }
}

export interface EventClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly response: IncomingMessage;
  readonly events: readonly SeenEvent[];
  readonly comments: readonly string[];
  readonly retryMs: () => number | null;
  /** The last id seen, for `Last-Event-ID`. */
  readonly lastId: () => string;
  /** Resolves when what has arrived fits, now or later; rejects when the stream ends before. */
  readonly until: (fits: (client: EventClient) => boolean) => Promise<void>;
  /** Resolves with the first event of this name, seen or to come. */
  readonly event: (name: string) => Promise<SeenEvent>;
  /** Resolves when the stream is over; `true`: the server ended it in order. */
  readonly ended: Promise<boolean>;
  readonly close: () => void;
}

/** Opens a stream; it is closed after the test. Resolves when the headers are there. */
export const openEvents = async (
  t: Pick<TestContext, 'after'>,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventClient> => {
  const call = get(url, { headers, agent: false });
  t.after(() => call.destroy());
  call.on('error', () => {});
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const parser = new EventParser();
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    parser.add(text);
    look();
  });
  response.on('error', () => {});
  let over = false;
  const ended = new Promise<boolean>((resolve) => {
    response.once('close', () => {
      over = true;
      look();
      resolve(response.complete);
    });
  });
  const client: EventClient = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    response,
    events: parser.events,
    comments: parser.comments,
    retryMs: () => parser.retryMs,
    lastId: () => parser.events.at(-1)?.id ?? '',
    until: (fits) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const fitting = fits(client);
          if (!fitting && !over) return;
          waiting.delete(check);
          if (fitting) resolve();
          else reject(new Error(`the stream ended with: ${parser.events.map(({ event }) => event).join(', ')}`));
        };
        waiting.add(check);
        check();
      }),
    event: async (name) => {
      const find = (): SeenEvent | undefined => parser.events.find(({ event }) => event === name);
      await client.until(() => find() !== undefined);
      return find() as SeenEvent;
    },
    ended,
    close: () => call.destroy(),
  };
  return client;
};

/** Resolves when a server has noticed that no client is there any more; fails if they have left anything behind. */
export const untilNoStreams = async ({ server, engine }: Pick<TestServer, 'server' | 'engine'>): Promise<void> => {
  const { streams, statuses, announcements } = server.live;
  while (streams.size > 0) await new Promise(setImmediate);
  assert.deepEqual([statuses.size, announcements.size], [0, 0]);
  const listeners = (['change', 'removed', 'announced'] as const).map((name) => engine.events.listenerCount(name));
  assert.deepEqual(listeners, [0, 0, 0]);
};
