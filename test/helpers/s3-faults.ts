import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { S3Location } from '../../src/store/storage-url.ts';
import { locationAt } from './s3-server.ts';

/** What to do with one request instead of passing it on; null passes it on. */
export type S3Fault =
  /** An error of S3 with this status and code; without a code the answer is a page of a proxy. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code?: string;
      readonly headers?: Record<string, string>;
    }
  /** Half of the request's body is read, then the connection is reset. */
  | { readonly kind: 'reset-upload' }
  /** The answer is passed on until its middle, then the connection is reset. */
  | { readonly kind: 'reset-answer' }
  /** The answer is passed on until its middle, then nothing comes any more. */
  | { readonly kind: 'stall-answer' }
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** Passed on when the promise resolves. */
  | { readonly kind: 'wait'; readonly until: Promise<unknown> }
  | null;

export interface S3Front {
  readonly url: string;
  readonly location: S3Location;
  /** Method and path of every request so far, passed on or not. */
  readonly requests: readonly string[];
  /** Decides about each request from now on; null passes all on. `n` counts from 1 since this was set. */
  misbehave(decide: ((request: IncomingMessage, n: number) => S3Fault) | null): void;
  /** Refuses connections, those that are open too, until {@link up}. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** A server in front of an S3 server, on a free port of 127.0.0.1, that can fail in every way S3 does. */
export const startS3Front = async (t: Pick<TestContext, 'after'>, target: string): Promise<S3Front> => {
  const requests: string[] = [];
  let decide: Parameters<S3Front['misbehave']>[0] = null;
  let count = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    count += 1;
    void answer(request, response, decide?.(request, count) ?? null, target);
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    // An address of TCP, as it listens on a port.
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const down = (): Promise<void> => close(server);
  t.after(down);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    location: locationAt(url),
    requests,
    misbehave(chosen) {
      decide = chosen;
      count = 0;
    },
    down,
    up: async () => {
      await listen(port);
    },
  };
};

const close = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
};

const answer = async (request: IncomingMessage, response: ServerResponse, fault: S3Fault, target: string) => {
  switch (fault?.kind) {
    case 'error':
      request.resume();
      response.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers });
      response.end(fault.code === undefined ? '<html>Sorry</html>' : errorXml(fault.code));
      return;
    case 'hang':
      request.resume();
      return;
    case 'reset-upload':
      resetHalfWay(request);
      return;
    case 'wait':
      await fault.until;
      break;
    default:
  }
  passOn(request, response, target, fault);
};

const errorXml = (code: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code} was asked for</Message></Error>`;

const resetHalfWay = (request: IncomingMessage): void => {
  const half = Number(request.headers['content-length']) / 2;
  let seen = 0;
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen >= half) request.socket.resetAndDestroy();
  });
};

const passOn = (request: IncomingMessage, response: ServerResponse, target: string, fault: S3Fault): void => {
  const { method, headers, url } = request;
  const onward = httpRequest(`${target}${url}`, { method: method ?? 'GET', headers }, (got) => {
    response.writeHead(got.statusCode ?? 502, got.headers);
    if (fault?.kind !== 'reset-answer' && fault?.kind !== 'stall-answer') {
      got.pipe(response);
      return;
    }
    const chunks: Buffer[] = [];
    got.on('data', (chunk: Buffer) => chunks.push(chunk));
    got.on('end', () => {
      const whole = Buffer.concat(chunks);
      response.write(whole.subarray(0, whole.length / 2), () => {
        if (fault.kind === 'reset-answer') response.socket?.resetAndDestroy();
      });
    });
  });
  onward.on('error', () => response.destroy());
  request.on('error', () => onward.destroy());
  request.pipe(onward);
};
