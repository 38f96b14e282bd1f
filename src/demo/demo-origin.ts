import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { SPECIAL_LINKS, type SpecialLink } from './demo-links.ts';
import type { DemoFile } from './draw-pictures.ts';

/** The shop's web server, on this machine only. */
export interface DemoOrigin {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port`: what HALVE_ALLOW_HOSTS must hold for Halve to fetch from it. */
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** How often the busy address answers 500 before it serves its picture. */
const BUSY_ANSWERS = 2;
/** What is left of the cut file: enough for every decoder to begin, too little for any to finish. */
const CUT_SHARE = 0.6;

const LOGIN_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in – Maison Demo</title></head>
<body><h1>Members only</h1><form><input name="user"><input name="password" type="password"><button>Sign in</button></form></body></html>
`;
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M8 16h24l-4 18H12zM12 16a8 8 0 0 1 16 0" fill="none" stroke="#a63"/></svg>
`;

/** Serves the demo's picture files, and misbehaves at the addresses of {@link SPECIAL_LINKS}. */
export const startDemoOrigin = async (files: ReadonlyMap<string, DemoFile>): Promise<DemoOrigin> => {
  const server = createServer(answerFrom(files));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    host,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** One answer, not yet sent. */
interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly location?: string;
}

const NOT_FOUND: Answer = { status: 404, contentType: 'text/html', body: '<h1>This picture has moved on</h1>\n' };
const ONLY_GET: Answer = { status: 405, contentType: 'text/plain', body: 'Only GET here.\n' };

const answerFrom = (files: ReadonlyMap<string, DemoFile>): RequestListener => {
  const specials = new Map(SPECIAL_LINKS.map((link) => [link.address, link]));
  const visits = new Map<string, number>();
  const answerTo = (path: string): Answer => {
    const visit = (visits.get(path) ?? 0) + 1;
    visits.set(path, visit);
    const special = specials.get(path)?.answer ?? null;
    const file = files.get(special !== null && 'picture' in special ? special.picture : path);
    if (special !== null) return specialAnswer(special, file, visit);
    return file === undefined ? NOT_FOUND : { status: 200, contentType: file.contentType, body: file.bytes };
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const readable = request.method === 'GET' || request.method === 'HEAD';
    send(response, readable ? answerTo((request.url ?? '/').split('?', 1)[0] ?? '/') : ONLY_GET);
  };
};

const specialAnswer = (
  special: NonNullable<SpecialLink['answer']>,
  file: DemoFile | undefined,
  visit: number,
): Answer => {
  // A login page in place of the picture, called a picture all the same: what shops' member areas really do.
  if (special.kind === 'login') return { status: 200, contentType: 'image/jpeg', body: LOGIN_PAGE };
  if (special.kind === 'svg') return { status: 200, contentType: 'image/svg+xml', body: DRAWING };
  if (special.kind === 'missing' || file === undefined) return NOT_FOUND;
  const { bytes, contentType } = file;
  switch (special.kind) {
    case 'cut':
      return { status: 200, contentType, body: bytes.subarray(0, Math.floor(bytes.length * CUT_SHARE)) };
    case 'busy':
      return visit <= BUSY_ANSWERS
        ? { status: 500, contentType: 'text/plain', body: 'Too many customers.\n' }
        : { status: 200, contentType, body: bytes };
    case 'moved':
      return { status: 302, contentType: 'text/plain', body: 'Moved.\n', location: file.path };
    case 'alias':
      return { status: 200, contentType, body: bytes };
  }
};

/** Node leaves the body out of answers to HEAD by itself. */
const send = (response: ServerResponse, { status, contentType, body, location }: Answer): void => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (location !== undefined) response.setHeader('Location', location);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': bytes.byteLength }).end(bytes);
};
