import { STATUS_CODES } from 'node:http';
import { Agent, type Dispatcher, request } from 'undici';
import { AppError } from '../core/errors.ts';
import { oneLine } from '../core/one-line.ts';
import type { AllowList } from './allow-list.ts';
import { type CheckedUrl, checkUrl } from './check-url.ts';
import { LocalHostGate } from './host-gate.ts';
import { pinnedConnector } from './pinned-connector.ts';
import { postFailure } from './post-failure.ts';
import { type Resolve, systemResolve } from './resolve-host.ts';
import { parseRetryAfter } from './retry-after.ts';
import { sniffHtml } from './sniff-html.ts';

export interface PostLimits {
  readonly dnsTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** From the first look-up to the end of the answer's headers; waiting for a place does not count. */
  readonly totalTimeoutMs: number;
  /** For the body of the answer, inside the total. */
  readonly bodyTimeoutMs: number;
  /** Calls to one host (`name:port`) at the same time; the others wait in line. */
  readonly perHost: number;
}

/**
 * 15 s is the shorter end of what Standard Webhooks advises. The body decides nothing, so two seconds are enough for it.
 * With two places a receiver that hangs holds two connections, and one that is slow still gets on.
 */
export const DEFAULT_POST_LIMITS: PostLimits = {
  dnsTimeoutMs: 5_000,
  connectTimeoutMs: 5_000,
  totalTimeoutMs: 15_000,
  bodyTimeoutMs: 2_000,
  perHost: 2,
};

export interface PosterOptions {
  readonly allow: AllowList;
  /** Honest: name, version and what it is. */
  readonly userAgent: string;
  readonly resolve?: Resolve;
  /** Milliseconds since 1970, for dates in `Retry-After`. */
  readonly now?: () => number;
  readonly limits?: Partial<PostLimits>;
}

export type PostHeaders = Readonly<Record<string, string>>;

export interface PostCall {
  /** A function is called when the place at the host is held: a signature made then is not stale from waiting. */
  readonly headers: PostHeaders | (() => PostHeaders);
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
}

/** What the receiver answered, whatever the status; its body, which nobody checked, is only good for a log. */
export interface PostAnswer {
  readonly status: number;
  /** The usual name of the status (RFC 9110), not the receiver's own words; empty for an unknown one. */
  readonly statusText: string;
  /** `Retry-After` in milliseconds from now; null without a usable one. */
  readonly retryAfterMs: number | null;
  /** The start of the body (of a web page its title) as one printable line of at most 200 characters; may be empty. */
  readonly snippet: string;
  /** `Location`, word for word; nothing about it has been checked, and it was not followed. */
  readonly location: string | null;
}

/** More than any sensible answer to a webhook; also the most that is read, so that small ones end without a reset. */
const MAX_BODY_BYTES = 64 * 1024;
/** Four bytes for each letter of the snippet, and as much again for white space between them. */
const SNIPPET_BYTES = 1_600;
const MAX_SNIPPET = 200;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Sends messages to strangers' URLs. One call is one try; when to try again is the caller's business. Redirects are not
 * followed; no cookies, no proxy from the environment, nothing packed is asked for. Every call opens a connection of its
 * own: messages are rare, and one written to a kept connection that the receiver is just closing would be lost.
 */
export class Poster {
  readonly #allow: AllowList;
  readonly #userAgent: string;
  readonly #now: () => number;
  readonly #limits: PostLimits;
  readonly #agent: Agent;
  readonly #gate: LocalHostGate;
  readonly #closing = new AbortController();

  constructor({ allow, userAgent, resolve = systemResolve, now = Date.now, limits = {} }: PosterOptions) {
    this.#allow = allow;
    this.#userAgent = userAgent;
    this.#now = now;
    this.#limits = { ...DEFAULT_POST_LIMITS, ...limits };
    this.#gate = new LocalHostGate({ perHost: this.#limits.perHost, total: Number.POSITIVE_INFINITY });
    this.#agent = new Agent({
      connect: pinnedConnector({ ...this.#limits, allow, resolve }),
      connections: this.#limits.perHost,
      headersTimeout: this.#limits.totalTimeoutMs,
      bodyTimeout: this.#limits.totalTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      allowH2: false,
    });
  }

  /**
   * The answer counts as soon as its headers are there: a body that drips, breaks off or never ends costs the rest of
   * the snippet and nothing else.
   * @throws AppError `invalid_url`, `address_not_allowed`, `host_not_found`, `connection_failed`, `tls_failed`,
   *   `timed_out`, with a sentence that names the receiver as it was written; `cancelled` when `signal` aborts or the
   *   poster is closed before there is an answer. What `headers` throws comes through as it is.
   */
  async post(url: string, { headers, body, signal }: PostCall): Promise<PostAnswer> {
    const target = checkUrl(url, this.#allow);
    const limit = new AbortController();
    const cancel = (): void => limit.abort(new AppError('cancelled'));
    const causes = [signal, this.#closing.signal];
    for (const cause of causes) {
      if (cause.aborted) cancel();
      cause.addEventListener('abort', cancel, { once: true });
    }
    const fail = (error: unknown): never => {
      throw postFailure(error, target, this.#limits.totalTimeoutMs);
    };
    try {
      const leave = await this.#gate.enter(`${target.host}:${target.port}`, limit.signal).catch(fail);
      const timer = setTimeout(() => limit.abort(new AppError('timed_out')), this.#limits.totalTimeoutMs);
      try {
        const made = typeof headers === 'function' ? headers() : headers;
        return await this.#exchange(target, { headers: made, body, signal: limit.signal }).catch(fail);
      } finally {
        clearTimeout(timer);
        leave({ kind: 'ok' });
      }
    } finally {
      for (const cause of causes) cause.removeEventListener('abort', cancel);
    }
  }

  /** Cancels what is under way and closes every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  async #exchange(
    target: CheckedUrl,
    { headers, body, signal }: PostCall & { readonly headers: PostHeaders },
  ): Promise<PostAnswer> {
    const response = await request(target.href, {
      dispatcher: this.#agent,
      method: 'POST',
      headers: { 'user-agent': this.#userAgent, 'accept-encoding': 'identity', ...headers },
      body,
      reset: true,
      signal,
    });
    // A body nobody reads any more must not end the process when its connection breaks.
    response.body.on('error', () => undefined);
    // Undici yields a list where a header came twice, whatever its types say.
    const header = (name: string): string | undefined => [response.headers[name]].flat()[0];
    return {
      status: response.statusCode,
      statusText: STATUS_CODES[response.statusCode] ?? '',
      retryAfterMs: parseRetryAfter(header('retry-after'), this.#now()) ?? null,
      snippet: snippetOf(await readStart(response.body, this.#limits.bodyTimeoutMs), header),
      location: header('location') ?? null,
    };
  }
}

/** What comes of the body within the limits; never throws. */
const readStart = async (body: Dispatcher.ResponseData['body'], timeoutMs: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => body.destroy(), timeoutMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= MAX_BODY_BYTES) break;
    }
  } catch {
    // Broken off or too slow; the status counts all the same.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
};

const snippetOf = (bytes: Buffer, header: (name: string) => string | undefined): string => {
  const encoding = header('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') return '';
  const page = sniffHtml(bytes, header('content-type') ?? null);
  return oneLine(page === null ? bytes.toString('utf8', 0, SNIPPET_BYTES) : (page.title ?? ''), MAX_SNIPPET);
};
