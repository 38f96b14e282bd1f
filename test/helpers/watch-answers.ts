import assert from 'node:assert/strict';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { InjectOptions } from 'fastify';
import type { HttpServer } from '../../src/http/server.ts';
import { type Contract, createContract, type OpenApi, type SentAnswer } from './openapi-contract.ts';

type Look = (answer: SentAnswer) => void;

/** Every server of a test file has the same routes; compiling them once is enough. */
let contract: Contract | null = null;

const contractOf = ({ app }: HttpServer): Contract => {
  contract ??= createContract(app.swagger() as unknown as OpenApi);
  return contract;
};

/**
 * Looks at every answer of a server, whoever asks, and fails the test with those that are not as the OpenAPI document
 * tells. Call it before the server starts.
 */
export const watchAnswers = (t: TestContext, server: HttpServer): void => {
  const faults = new Set<string>();
  const look: Look = (answer) => {
    const found = contractOf(server).faultsOf(answer);
    // As late as can be: a failing hook keeps those behind it, which stop servers, from running.
    if (found.length > 0 && faults.size === 0) {
      t.after(() => assert.fail(`Answers that are not as the OpenAPI document tells:\n${[...faults].join('\n')}`));
    }
    for (const fault of found) faults.add(fault);
  };
  server.app.server.prependListener('request', (request, response) => watchSocket(request, response, look));
  watchInjected(server, look);
};

/** Reads along with what is written; answers that are broken off are not looked at, having no end to speak of. */
const watchSocket = ({ method = '', url = '' }: IncomingMessage, response: ServerResponse, look: Look): void => {
  const { write, end, writeHead } = response;
  const pieces: string[] = [];
  const keep = (piece: unknown): void => {
    if (typeof piece === 'string') pieces.push(piece);
    if (piece instanceof Uint8Array) pieces.push(Buffer.from(piece).toString());
  };
  let given: OutgoingHttpHeaders = {};
  const headers = (): OutgoingHttpHeaders => ({ ...response.getHeaders(), ...lowerCased(given) });
  // All three have several forms, which are passed on as they came.
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const last: unknown = args.at(-1);
    if (typeof last === 'object' && last !== null) given = last as OutgoingHttpHeaders;
    return Reflect.apply(writeHead, response, args);
  }) as typeof writeHead;
  response.write = ((...args: Parameters<typeof write>) => {
    if (isJson(headers())) keep(args[0]);
    return Reflect.apply(write, response, args);
  }) as typeof write;
  response.end = ((...args: Parameters<typeof end>) => {
    const json = isJson(headers());
    if (json) keep(args[0]);
    look({ method, url, status: response.statusCode, headers: headers(), body: json ? pieces.join('') : null });
    return Reflect.apply(end, response, args);
  }) as typeof end;
};

/** Without a media type there is no body; it is looked at to be sure of that. */
const isJson = (headers: OutgoingHttpHeaders): boolean => /json|^none$/.test(String(headers['content-type'] ?? 'none'));

const lowerCased = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Calls without a socket do not come through the HTTP server. */
const watchInjected = ({ app }: HttpServer, look: Look): void => {
  const inject = app.inject.bind(app) as (options: InjectOptions) => ReturnType<typeof app.inject>;
  app.inject = (async (options: InjectOptions) => {
    const answer = await inject(options);
    const { method = 'GET', url = '/' } = options;
    const body = isJson(answer.headers) ? answer.body : null;
    look({ method, url: String(url), status: answer.statusCode, headers: answer.headers, body });
    return answer;
  }) as typeof app.inject;
};
