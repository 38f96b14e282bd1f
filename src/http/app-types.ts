/** What the rooms' routes share: the typed Fastify instance and the parts they answer from. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Engine } from '../app.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { LiveEvents } from './event-live.ts';
import type { Links } from './links.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the API key the call came with; '' where none are used, or none is needed. */
    owner: string;
    /** Id of the request the call is about where its path does not name it, for the log. */
    aboutRequest: string | null;
  }
  interface FastifyContextConfig {
    /** Answered without an API key: the path says nothing, or holds an id nobody can guess. */
    open?: boolean;
    /** The route only exists to refuse the methods its path does not take. */
    refusal?: boolean;
  }
}

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** What the server has of the engine. */
export type HttpEngine = Pick<
  Engine,
  | 'database'
  | 'checkWebhookUrl'
  | 'mailIsOn'
  | 'store'
  | 'requests'
  | 'supervisor'
  | 'limits'
  | 'links'
  | 'spoolDir'
  | 'events'
  | 'webhookSecrets'
  | 'inbound'
  | 'queue'
>;

/** One entry of the router, as the checks over all routes want it. */
export interface RouteEntry {
  readonly method: string;
  /** As declared, with `:parameters`. */
  readonly url: string;
  /** Answered without an API key. */
  readonly open: boolean;
}

export interface RouteContext {
  readonly engine: HttpEngine;
  readonly links: Links;
  readonly limits: HttpLimits;
  readonly live: LiveEvents;
  readonly metrics: Metrics;
}

/** Bounds of the server; the defaults are for production, tests make them small. */
export interface HttpLimits {
  /** For the headers to arrive. */
  readonly headersTimeoutMs: number;
  /** For a whole call to arrive, headers and body. */
  readonly requestTimeoutMs: number;
  /** How long a connection without a call is kept. */
  readonly keepAliveMs: number;
  /** How long a connection may stand still in the middle of a call, for example because nobody reads the answer. */
  readonly idleSocketMs: number;
  /** How often Node looks for calls that take too long. */
  readonly checkIntervalMs: number;
  readonly maxConnections: number;
  /** Bytes of request line and headers. */
  readonly maxHeaderBytes: number;
  /** Each stretch of this length … */
  readonly paceWindowMs: number;
  /** … must bring at least this many bytes of an upload. */
  readonly paceBytes: number;
  /** How long what a client still sends is swallowed after the answer; see lingering-answer.ts. */
  readonly lingerMs: number;
  /** How long running answers may take when the server stops. */
  readonly graceMs: number;
  /** Below this much free disk no upload is taken. */
  readonly minFreeBytes: number;
  /** Event streams open at the same time. */
  readonly maxStreams: number;
  /** How often a stream shows that it lives. */
  readonly streamHeartbeatMs: number;
  /** Shortest time between two events of a stream. */
  readonly streamEventMs: number;
  /** How often a watched request is looked at when nothing is heard of it. */
  readonly streamIdleMs: number;
  /** Above this many unread bytes a stream is sent nothing more until the client reads. */
  readonly streamUnreadBytes: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headersTimeoutMs: 10_000,
  // 100 MB in five minutes are 2.7 Mbit/s; slower lines send smaller files.
  requestTimeoutMs: 300_000,
  keepAliveMs: 5_000,
  // Well above what checking and storing the largest catalogue takes, during which nothing is sent either.
  idleSocketMs: 120_000,
  checkIntervalMs: 2_000,
  maxConnections: 1_000,
  maxHeaderBytes: 16_384,
  // 1 kB/s: a seventh of what a telephone modem managed, and a thousand times what a slow-body attack would like.
  paceWindowMs: 10_000,
  paceBytes: 10_000,
  lingerMs: 5_000,
  graceMs: 10_000,
  minFreeBytes: 500_000_000,
  // Half of the connections: the other half stays for calls that come to an end.
  maxStreams: 500,
  // Below the 60 s after which nginx gives up on a silent answer (proxy_read_timeout), and the 30 s of others.
  streamHeartbeatMs: 15_000,
  streamEventMs: 500,
  streamIdleMs: 5_000,
  // Some forty events; the system's own buffers come before these.
  streamUnreadBytes: 65_536,
};
