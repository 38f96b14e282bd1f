/**
 * A real image server on loopback for tests: counts what it is asked, serves bytes, and misbehaves on request
 * (the misbehaviours are in `origin-faults.ts`).
 *
 *     const origin = await startOrigin(t);
 *     origin.serve('/a.jpg', bytes, 'image/jpeg');
 *     origin.route('/gone.jpg', status(404));
 *     … `${origin.url}/a.jpg` …
 */
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface OriginOptions {
  /** The address to listen on, `127.0.0.1` by default; `::1` for IPv6. */
  readonly host?: string;
  /** A free one by default. */
  readonly port?: number;
  /** Makes it an HTTPS server. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface Origin {
  /** Scheme, address and port, without a slash at the end. */
  readonly url: string;
  /** `address:port`, as HALVE_ALLOW_HOSTS takes it. */
  readonly host: string;
  readonly port: number;
  /** Answers GETs of `path` (without query); a path ending in `*` answers all that begin so. Returns the full URL. */
  route(path: string, handler: Handler): string;
  /** Answers `path` with 200 and the bytes. Returns the full URL. */
  serve(path: string, bytes: Uint8Array, contentType: string): string;
  /** How often `path` (without query) was asked for; without a path, everything. */
  hits(path?: string): number;
  /** The headers of every request for `path`, in order of arrival. */
  headersSeen(path: string): readonly IncomingHttpHeaders[];
  /** The most requests for `path` (without one: for anything) that were open at the same time. */
  peakParallel(path?: string): number;
  /** TCP connections: the most that were open at the same time, those open now, and all that ever were. */
  readonly peakConnections: number;
  readonly openConnections: number;
  readonly totalConnections: number;
  /** Resolves when no TCP connection is open any more. */
  whenIdle(): Promise<void>;
  close(): Promise<void>;
}

interface RouteCount {
  hits: number;
  open: number;
  peak: number;
  readonly headers: IncomingHttpHeaders[];
}

const EVERYTHING = '*';

class Counts {
  private readonly byPath = new Map<string, RouteCount>();

  of(path: string): RouteCount {
    let count = this.byPath.get(path);
    if (count === undefined) {
      count = { hits: 0, open: 0, peak: 0, headers: [] };
      this.byPath.set(path, count);
    }
    return count;
  }

  opened(path: string, request: IncomingMessage, response: ServerResponse): void {
    this.of(path).headers.push(request.headers);
    for (const count of [this.of(path), this.of(EVERYTHING)]) {
      count.hits += 1;
      count.open += 1;
      count.peak = Math.max(count.peak, count.open);
      response.once('close', () => {
        count.open -= 1;
      });
    }
  }
}

class Connections {
  private readonly open = new Set<Socket>();
  private idle: (() => void)[] = [];
  peak = 0;
  total = 0;

  get count(): number {
    return this.open.size;
  }

  add(socket: Socket): void {
    this.open.add(socket);
    this.total += 1;
    this.peak = Math.max(this.peak, this.open.size);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.open.delete(socket);
      if (this.open.size > 0) return;
      for (const wake of this.idle.splice(0)) wake();
    });
  }

  whenIdle(): Promise<void> {
    return this.open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  destroyAll(): void {
    for (const socket of this.open) socket.destroy();
  }
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').replace(/[?#].*$/, '');

const findHandler = (routes: ReadonlyMap<string, Handler>, path: string): Handler | undefined => {
  const exact = routes.get(path);
  if (exact !== undefined) return exact;
  for (const [route, handler] of routes) {
    if (route.endsWith('*') && path.startsWith(route.slice(0, -1))) return handler;
  }
  return undefined;
};

/**
 * Starts an origin on a free port. With a test context it is closed when the test ends; without one, call `close()`.
 * Paths nobody routed are answered 404.
 */
export const startOrigin = async (
  t?: { after(clean: () => Promise<void>): void },
  options: OriginOptions = {},
): Promise<Origin> => {
  const routes = new Map<string, Handler>();
  const counts = new Counts();
  const connections = new Connections();
  const answer: RequestListener = (request, response) => {
    const path = pathOf(request);
    counts.opened(path, request, response);
    const handler = findHandler(routes, path);
    if (handler !== undefined) handler(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('No such path on the test origin.\n');
  };
  const server = options.tls === undefined ? createHttpServer(answer) : createHttpsServer(options.tls, answer);
  server.on('connection', (socket: Socket) => connections.add(socket));
  const address = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, address, resolve);
  });
  // listen() on a TCP port always yields an AddressInfo; the string form is for pipes.
  const { port } = server.address() as AddressInfo;
  const host = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}`;
  const origin: Origin = {
    url,
    host,
    port,
    route: (path, handler) => {
      routes.set(path, handler);
      return url + path;
    },
    serve: (path, bytes, contentType) => {
      routes.set(path, (_request, response) => {
        response.writeHead(200, { 'content-type': contentType, 'content-length': bytes.byteLength }).end(bytes);
      });
      return url + path;
    },
    hits: (path = EVERYTHING) => counts.of(path).hits,
    headersSeen: (path) => counts.of(path).headers,
    peakParallel: (path = EVERYTHING) => counts.of(path).peak,
    get peakConnections() {
      return connections.peak;
    },
    get openConnections() {
      return connections.count;
    },
    get totalConnections() {
      return connections.total;
    },
    whenIdle: () => connections.whenIdle(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        connections.destroyAll();
      }),
  };
  t?.after(() => origin.close());
  return origin;
};
