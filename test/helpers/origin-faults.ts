/** Everything a strange image server can do wrong, as handlers for `Origin.route`. */
import { gzipSync } from 'node:zlib';
import type { Handler } from './origin-server.ts';

const DRIP_PAUSE_MS = 20;

/** An answer with this status and a short text body (or the given body and headers). */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = `answer ${code}\n`): Handler =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'text/plain', ...headers });
    response.end(code === 204 || code === 304 ? undefined : body);
  };

/** 429 Too Many Requests, with `Retry-After` if one is given. */
export const tooManyRequests = (retryAfter?: string): Handler =>
  status(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter });

/** The handlers one after the other, one for each request; the last one stays. `inTurn(status(500), good)`. */
export const inTurn = (...handlers: readonly Handler[]): Handler => {
  let next = 0;
  return (request, response) => {
    const handler = handlers[Math.min(next, handlers.length - 1)];
    next += 1;
    handler?.(request, response);
  };
};

/** 200 with the bytes and whatever headers are wanted; no Content-Length unless given (chunked). */
export const body =
  (bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', ...headers });
    response.end(bytes);
  };

/** 200 with a web page, as login walls and "not found" pages answer; `image/jpeg` by default, so the header lies. */
export const webPage = (title: string, contentType = 'image/jpeg'): Handler =>
  body(`<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`, {
    'content-type': contentType,
  });

/** 200 and not one byte. */
export const emptyBody = (): Handler => body('', { 'content-length': '0' });

/** The image without its last bytes, with a Content-Length that agrees: a file that was cut off on the server. */
export const cutOff = (bytes: Uint8Array, contentType: string, keep = 0.5): Handler => {
  const kept = bytes.subarray(0, Math.floor(bytes.byteLength * keep));
  return body(kept, { 'content-type': contentType, 'content-length': String(kept.byteLength) });
};

/** Takes the request and never answers. */
export const hang = (): Handler => () => undefined;

/** Sends a body that never ends, as fast as it is taken; `start` comes first. */
export const endlessBody =
  (start = ''): Handler =>
  (_request, response) => {
    const block = Buffer.alloc(64 * 1024, 0xff);
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.write(start);
    const fill = (): void => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once('drain', fill);
    };
    fill();
  };

/** Announces five gigabytes and sends the first bytes of them. */
export const hugeContentLength =
  (bytes = 5 * 1024 ** 3): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes });
    response.write(Buffer.alloc(1024, 0xff));
  };

/** One byte of body now and then, for ever. */
export const dripBody = (): Handler => (_request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg' });
  const timer = setInterval(() => response.write(Buffer.from([0xff])), DRIP_PAUSE_MS);
  response.once('close', () => clearInterval(timer));
};

/** One header line now and then, never a body. */
export const dripHeaders = (): Handler => (request) => {
  const { socket } = request;
  socket.write('HTTP/1.1 200 OK\r\n');
  const timer = setInterval(() => socket.write('x-slow: 1\r\n'), DRIP_PAUSE_MS);
  socket.once('close', () => clearInterval(timer));
};

/** Announces all the bytes, sends half of them and cuts the connection with a TCP reset. */
export const resetMidBody =
  (bytes: Uint8Array): Handler =>
  (request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.byteLength });
    response.write(bytes.subarray(0, bytes.byteLength / 2), () => request.socket.resetAndDestroy());
  };

/** Cuts the connection with a TCP reset instead of answering. */
export const resetAtOnce = (): Handler => (request) => {
  request.socket.resetAndDestroy();
};

/** Announces all the bytes, sends half of them and closes the connection politely. */
export const shortBody =
  (bytes: Uint8Array): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.byteLength, connection: 'close' });
    response.write(bytes.subarray(0, bytes.byteLength / 2), () => response.socket?.end());
  };

/** 200 MB of nothing (or less) packed with gzip into a small body, though the client asked for it unpacked. */
export const gzipBomb = (unpackedBytes = 200 * 1024 ** 2): Handler => {
  const packed = gzipSync(Buffer.alloc(unpackedBytes));
  return body(packed, { 'content-encoding': 'gzip', 'content-length': String(packed.byteLength) });
};

/** Whatever bytes, straight onto the socket: broken chunks, giant headers, no HTTP at all. */
export const rawBytes =
  (bytes: string): Handler =>
  (request) => {
    request.socket.end(bytes, 'latin1');
  };

/** A redirect to the given place, written as it is given. */
export const redirect =
  (location: string, code = 302): Handler =>
  (_request, response) => {
    response.writeHead(code, { location }).end();
  };
