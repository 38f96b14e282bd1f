import { Agent } from 'undici';
import { AppError, isImageErrorCode } from '../core/errors.ts';
import type { AllowList } from './allow-list.ts';
import { type CheckedUrl, checkUrl } from './check-url.ts';
import { downloadFailure, redirectFailure } from './download-failure.ts';
import { type Download, fetchAnswer, type Redirect } from './fetch-answer.ts';
import type { HostGate, HostVerdict } from './host-gate.ts';
import { pinnedConnector } from './pinned-connector.ts';
import { type Resolve, shareLookups, systemResolve } from './resolve-host.ts';

export interface DownloadLimits {
  /** Of the body; announced or counted, whichever tells first. */
  readonly maxBytes: number;
  readonly dnsTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** From the request to the end of the answer's headers. */
  readonly headersTimeoutMs: number;
  /** Everything together, redirects and body included; only waiting at the host gate does not count. */
  readonly totalTimeoutMs: number;
  readonly maxRedirects: number;
  /**
   * Connections of this process to one host (`name:port`), idle ones included. Where several processes share one host
   * gate, each must have its part of the gate's limit, or their idle connections together exceed it.
   */
  readonly connectionsPerHost: number;
}

/** 30 MB holds the largest photos of phones (15 MB) twice; 30 s is what a slow shop's server needs for them. */
export const DEFAULT_DOWNLOAD_LIMITS: DownloadLimits = {
  maxBytes: 30 * 1024 * 1024,
  dnsTimeoutMs: 5_000,
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 10_000,
  totalTimeoutMs: 30_000,
  maxRedirects: 5,
  connectionsPerHost: 6,
};

export interface DownloaderOptions {
  readonly allow: AllowList;
  /** Honest: name, version and an address to complain to. */
  readonly userAgent: string;
  readonly limits?: DownloadLimits;
  readonly resolve?: Resolve;
  /** Milliseconds since 1970, for dates in `Retry-After`. */
  readonly now?: () => number;
}

export interface DownloadCall {
  readonly signal: AbortSignal;
  readonly gate: HostGate;
}

/** Idle connections are closed after this: well before servers do (5 s mostly), and few while hosts change quickly. */
const KEEP_ALIVE_MS = 2_000;

/** Time left of the total, shared by all the hops of one download. */
interface Budget {
  leftMs: number;
}

/**
 * Fetches strangers' URLs. One call is one try; when to try again is the queue's business (core/backoff.ts).
 * No cookies, no credentials, no proxy from the environment; connections are kept alive on the address judged.
 */
export class Downloader {
  readonly #allow: AllowList;
  readonly #userAgent: string;
  readonly #limits: DownloadLimits;
  readonly #now: () => number;
  readonly #agent: Agent;
  readonly #closing = new AbortController();

  constructor({
    allow,
    userAgent,
    limits = DEFAULT_DOWNLOAD_LIMITS,
    resolve = systemResolve,
    now = Date.now,
  }: DownloaderOptions) {
    this.#allow = allow;
    this.#userAgent = userAgent;
    this.#limits = limits;
    this.#now = now;
    this.#agent = new Agent({
      connect: pinnedConnector({ ...limits, allow, resolve: shareLookups(resolve) }),
      connections: limits.connectionsPerHost,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.totalTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      pipelining: 1,
      allowH2: false,
    });
  }

  /**
   * @throws AppError with an image code, a sentence that names the host as it was written, `retryable`, and for
   *   `http_status` the status as `group` and the server's wish as `retryAfterMs`; `cancelled` when `signal` aborts.
   *   An error of the gate comes through as it is (see `wasTried`).
   */
  async download(url: string, call: DownloadCall): Promise<Download> {
    const budget: Budget = { leftMs: this.#limits.totalTimeoutMs };
    let target = checkUrl(url, this.#allow);
    for (let redirects = 0; redirects <= this.#limits.maxRedirects; redirects += 1) {
      const answer = await this.#visit(target, budget, call);
      if ('bytes' in answer) return answer;
      target = this.#follow(answer, target);
    }
    throw new AppError('too_many_redirects', {
      detail: `The address redirects more than ${this.#limits.maxRedirects} times, in the end to ${target.written}.`,
    });
  }

  /** Cancels what is under way and closes every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  /** The next hop is judged like a first address, and must not give up the encryption the user asked for. */
  #follow({ location }: Redirect, from: CheckedUrl): CheckedUrl {
    try {
      const next = checkUrl(location, this.#allow, from);
      if (next.secure || !from.secure) return next;
    } catch (error) {
      throw redirectFailure(error, from);
    }
    throw new AppError('address_not_allowed', {
      detail: `The server ${from.written} redirects from https to an insecure http address, which is not followed.`,
    });
  }

  /**
   * One request to one server, with a place at its gate. A redirect leaves the first place before the next is asked
   * for: holding one while waiting for another could lock two hosts that point at each other.
   */
  async #visit(target: CheckedUrl, budget: Budget, { signal, gate }: DownloadCall): Promise<Download | Redirect> {
    const limit = new AbortController();
    const cancel = (): void => limit.abort(new AppError('cancelled'));
    const causes = [signal, this.#closing.signal];
    for (const cause of causes) {
      if (cause.aborted) cancel();
      cause.addEventListener('abort', cancel, { once: true });
    }
    try {
      const leave = await gate.enter(`${target.host}:${target.port}`, limit.signal);
      const start = performance.now();
      const timer = setTimeout(() => limit.abort(new AppError('timed_out')), Math.max(0, budget.leftMs));
      let verdict: HostVerdict | null = null;
      try {
        return await fetchAnswer({
          target,
          dispatcher: this.#agent,
          userAgent: this.#userAgent,
          maxBytes: this.#limits.maxBytes,
          signal: limit.signal,
          now: this.#now,
          onAnswer: (given) => {
            verdict = given;
          },
        });
      } catch (error) {
        const failure = downloadFailure(error, target, verdict !== null);
        verdict ??= silence(failure);
        throw failure;
      } finally {
        clearTimeout(timer);
        budget.leftMs -= performance.now() - start;
        leave(verdict ?? { kind: 'ok' });
      }
    } catch (error) {
      throw downloadFailure(error, target, false);
    } finally {
      for (const cause of causes) cause.removeEventListener('abort', cancel);
    }
  }
}

/** What a visit without any answer says of the host; a refused address or a cancelled visit says nothing. */
const silence = ({ code, retryable }: AppError): HostVerdict =>
  retryable && isImageErrorCode(code) ? { kind: 'failed', code } : { kind: 'ok' };
