/**
 * A real webhook receiver on loopback for tests: remembers every message word for word, and misbehaves on request.
 *
 *     const receiver = await startReceiver(t);
 *     receiver.answer = (n) => (n < 3 ? { status: 503, headers: { 'retry-after': '2' } } : { status: 200 });
 *     receiver.answer = () => hang();              // any handler of `origin-faults.ts` will do
 *     … parseAllowList(receiver.host), post to receiver.url …
 *     const { id, timestamp, signature, body } = await receiver.next();
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, type Origin, type OriginOptions, startOrigin } from './origin-server.ts';

/** One message as it arrived. */
export interface ReceivedMessage {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case; a header that came twice is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, byte for byte. */
  readonly bytes: Buffer;
  /** The body as UTF-8. */
  readonly body: string;
  /** `webhook-id`, `webhook-timestamp` and `webhook-signature` as they were written; empty if missing. */
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

export interface Reply {
  /** 200 by default. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What the n-th message (from 1) is answered: a reply, or a handler that does as it likes (`origin-faults.ts`). */
export type Answer = (n: number, message: ReceivedMessage) => Reply | Handler | Promise<Reply | Handler>;

export interface WebhookReceiver {
  /** Where to post to: `http://127.0.0.1:PORT/hook`. Every path is answered alike. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as HALVE_ALLOW_HOSTS takes it. */
  readonly host: string;
  /** Everything that arrived, oldest first. */
  readonly messages: readonly ReceivedMessage[];
  /** The next message nobody has asked for yet; waits for it. Rejects when none comes for ten seconds. */
  next(): Promise<ReceivedMessage>;
  /** May be replaced at any time; at first everything is answered 200. */
  answer: Answer;
  /** Connections: those open now, all that ever were, the most at the same time; and when none is open any more. */
  readonly openConnections: number;
  readonly totalConnections: number;
  readonly peakConnections: number;
  whenIdle(): Promise<void>;
  /** Goes away as a killed process does: cuts every connection, and nobody listens any more. */
  die(): Promise<void>;
  /** Listens again on the same port after `die()`. */
  revive(): Promise<void>;
}

/** Far longer than any message takes; only a test that waits in vain meets it. */
const NEXT_TIMEOUT_MS = 10_000;

class Inbox {
  readonly messages: ReceivedMessage[] = [];
  readonly #waiting: ((message: ReceivedMessage) => void)[] = [];
  #taken = 0;

  add(message: ReceivedMessage): number {
    this.messages.push(message);
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) waiter(message);
    return this.messages.length;
  }

  next(): Promise<ReceivedMessage> {
    const arrived = this.messages[this.#taken];
    this.#taken += 1;
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve, reject) => {
      const waiter = (message: ReceivedMessage): void => {
        clearTimeout(timer);
        resolve(message);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#taken -= 1;
        reject(new Error(`no message came for ${NEXT_TIMEOUT_MS} ms; ${this.messages.length} came before`));
      }, NEXT_TIMEOUT_MS);
      this.#waiting.push(waiter);
    });
  }
}

const readMessage = async (request: IncomingMessage): Promise<ReceivedMessage> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) headers[name] = (values ?? []).join(', ');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers,
    bytes,
    body: bytes.toString(),
    id: headers['webhook-id'] ?? '',
    timestamp: headers['webhook-timestamp'] ?? '',
    signature: headers['webhook-signature'] ?? '',
  };
};

const send = (answer: Reply | Handler, request: IncomingMessage, response: ServerResponse): void => {
  if (typeof answer === 'function') answer(request, response);
  else response.writeHead(answer.status ?? 200, { ...answer.headers }).end(answer.body);
};

/** Starts a receiver on a free port of 127.0.0.1; it is closed when the test ends. */
export const startReceiver = async (
  t: { after(clean: () => Promise<void>): void },
  options: OriginOptions = {},
): Promise<WebhookReceiver> => {
  const inbox = new Inbox();
  let answer: Answer = () => ({});
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const message = await readMessage(request);
    send(await answer(inbox.add(message), message), request, response);
  };
  const open = async (port?: number): Promise<Origin> => {
    const opened = await startOrigin(t, port === undefined ? options : { ...options, port });
    opened.route('/*', (request, response) => {
      take(request, response).catch((error: Error) => response.destroy(error));
    });
    return opened;
  };
  let origin = await open();
  return {
    url: `${origin.url}/hook`,
    host: origin.host,
    messages: inbox.messages,
    next: () => inbox.next(),
    get answer() {
      return answer;
    },
    set answer(given) {
      answer = given;
    },
    get openConnections() {
      return origin.openConnections;
    },
    get totalConnections() {
      return origin.totalConnections;
    },
    get peakConnections() {
      return origin.peakConnections;
    },
    whenIdle: () => origin.whenIdle(),
    die: () => origin.close(),
    revive: async () => {
      origin = await open(origin.port);
    },
  };
};
