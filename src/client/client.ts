/** The API of a Halve server as functions. Types are made of its OpenAPI document (api-types.ts). */
import { parse as parseDisposition } from 'content-disposition';
import createApi from 'openapi-fetch';
import { AppError } from '../core/errors.ts';
import { refusal, stranger } from './api-problem.ts';
import type { components, operations, paths } from './api-types.ts';
import { connect, type Fetch } from './connect.ts';
import { type Upload, uploadRequest } from './upload-request.ts';

export type Accepted = components['schemas']['Accepted'];
export type Status = components['schemas']['Status'];
export type RequestList = components['schemas']['RequestList'];
export type MessageAnswer = operations['webhookCompleted']['responses'][200]['content']['application/json'];
export type Delivery = components['schemas']['Delivery'];
export type StatusQuery = NonNullable<operations['getStatus']['parameters']['query']>;
export type ListQuery = NonNullable<operations['listRequests']['parameters']['query']>;

export interface ClientOptions {
  /** Address of the server, such as `http://127.0.0.1:3000`; a path is kept. */
  readonly server: string;
  readonly apiKey: string | null;
  readonly fetch?: Fetch;
  /** How long a call without a file may take, in milliseconds; a minute. */
  readonly timeoutMs?: number;
}

/** A file that is arriving. */
export interface Download {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes, or null when the server does not say. */
  readonly size: number | null;
  readonly contentType: string | null;
  /** The name to save it under, as the server offers it; not checked. Null when it offers none. */
  readonly fileName: string | null;
}

export interface StreamOptions {
  /** Resumes a stream. */
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

/**
 * Every call rejects with an `ApiProblem` (an AppError) when the server refuses, and with AppError `server_unreachable`
 * when there is none or what is there is not Halve.
 */
export interface Client {
  /** Sends a CSV, piece by piece. */
  upload(upload: Upload): Promise<Accepted>;
  status(requestId: string, query?: StatusQuery): Promise<Status>;
  /** Starts a request, or runs its failed images again. */
  process(requestId: string): Promise<Accepted>;
  cancel(requestId: string): Promise<Accepted>;
  remove(requestId: string): Promise<void>;
  list(query?: ListQuery): Promise<RequestList>;
  replay(deliveryId: string): Promise<Delivery>;
  /**
   * Opens the address of an image or a CSV file, as a status names it. The key is not sent along: these addresses need
   * none, and may be those of another server (S3).
   */
  download(url: string): Promise<Download>;
  /** Opens an event stream; read-events.ts reads it. */
  events(requestId: string, options?: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  /** Opens the stream of all webhooks. */
  webhookEvents(options?: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  /** Brings a signed message (`POST /webhook-completed`): its headers, and its body word for word. */
  message(signed: Readonly<Record<string, string>>, body: string): Promise<MessageAnswer>;
}

export const createClient = (options: ClientOptions): Client => {
  const { server, apiKey, fetch: given = fetch, timeoutMs = 60_000 } = options;
  const baseUrl = server.replace(/\/+$/, '');
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const call = connect(given, baseUrl);
  // A redirect could turn a POST into a GET; refusal() names the address to use instead.
  const api = createApi<paths>({
    baseUrl,
    headers,
    redirect: 'manual',
    fetch: (request) => call(new Request(request, { signal: AbortSignal.timeout(timeoutMs) })),
  });
  const path = (request_id: string) => ({ params: { path: { request_id } } });
  const openStream = async (path: string, { lastEventId, signal }: StreamOptions = {}) => {
    const request = new Request(`${baseUrl}${path}`, {
      headers: {
        ...headers,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      redirect: 'manual',
      ...(signal === undefined ? {} : { signal }),
    });
    return eventsOf(await call(request));
  };
  return {
    upload: async (upload) => {
      const response = await call(uploadRequest(baseUrl, headers, upload));
      return answered(parsed<Accepted>(response), ACCEPTED);
    },
    status: (request_id, query = {}) =>
      answered(api.GET('/status/{request_id}', { params: { path: { request_id }, query } }), STATUS),
    process: (id) => answered(api.POST('/process/{request_id}', path(id)), ACCEPTED),
    cancel: (id) => answered(api.POST('/cancel/{request_id}', path(id)), ACCEPTED),
    remove: async (id) => {
      await answered(api.DELETE('/requests/{request_id}', path(id)), []);
    },
    list: (query = {}) => answered(api.GET('/requests', { params: { query } }), ['requests']),
    replay: (delivery_id) =>
      answered(api.POST('/deliveries/{delivery_id}/replay', { params: { path: { delivery_id } } }), ['id']),
    download: async (url) => {
      const response = await connect(given, new URL(url).origin)(new Request(url));
      return {
        body: await streamed(response),
        size: sizeOf(response),
        contentType: response.headers.get('content-type'),
        fileName: fileNameOf(response),
      };
    },
    events: (requestId, options) => openStream(`/status/${encodeURIComponent(requestId)}/events`, options),
    webhookEvents: (options) => openStream('/webhook/events', options),
    message: async (signed, body) => {
      const request = new Request(`${baseUrl}/webhook-completed`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signed },
        body,
        redirect: 'manual',
      });
      return answered(parsed<MessageAnswer>(await call(request)), []);
    },
  };
};

/** What `openapi-fetch` makes of an answer. */
type Outcome<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response };

const ACCEPTED = ['request_id', 'status'] as const;
const STATUS = ['request_id', 'progress', 'products'] as const;

/** @param fields without which an answer is not Halve's: other services, too, answer any path with 200 and some JSON */
const answered = async <T>(outcome: Promise<Outcome<T>>, fields: readonly (keyof T & string)[]): Promise<T> => {
  const { data, error, response } = await outcome.catch(notJson);
  if (!response.ok) throw refusal(response, error);
  const missing = fields.find((field) => typeof data !== 'object' || data === null || !(field in data));
  if (missing !== undefined) throw stranger(response, `its answer has no ${missing}`);
  return data as T;
};

const notJson = (thrown: unknown): never => {
  if (!(thrown instanceof SyntaxError)) throw thrown;
  throw new AppError('server_unreachable', {
    detail: 'What is at this address is not Halve: it answers no JSON.',
    cause: thrown,
  });
};

const parsed = async <T>(response: Response): Promise<Outcome<T>> => {
  const body: unknown = response.ok || isJson(response) ? await response.json() : await response.text();
  return response.ok ? { data: body as T, response } : { error: body, response };
};

const isJson = ({ headers }: Response): boolean => /\bjson\b/.test(headers.get('content-type') ?? '');

const streamed = async (response: Response): Promise<ReadableStream<Uint8Array>> => {
  if (!response.ok || response.body === null) {
    const { error } = await parsed<never>(response).catch(() => ({ error: null }));
    throw refusal(response, error);
  }
  return response.body;
};

const eventsOf = async (response: Response): Promise<ReadableStream<Uint8Array>> => {
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
  if (!response.ok || isStream) return streamed(response);
  await response.body?.cancel();
  throw stranger(response, 'it sends no events');
};

const sizeOf = ({ headers }: Response): number | null => {
  const length = headers.get('content-length');
  return length === null ? null : Number(length);
};

const fileNameOf = ({ headers }: Response): string | null => {
  const disposition = headers.get('content-disposition');
  return disposition === null ? null : (parseDisposition(disposition).parameters.filename ?? null);
};
