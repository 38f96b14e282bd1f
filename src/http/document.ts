/**
 * How a route says what it does, for `/openapi.json`, `/docs` and the typed client.
 *
 * A route carries its documentation as `config.docs`, beside the schema that checks and writes it:
 *
 *     const CANCEL: OperationDocs = {
 *       operationId: 'cancelRequest',          // camelCase, unique; the name in generated clients
 *       tag: 'Requests',
 *       summary: 'Stop a request',
 *       description: 'What is done is kept …', // for the person who calls it; Markdown
 *       answers: { 202: { description: 'It is being stopped.', example: ACCEPTED, headers: { Location: 'always' } } },
 *       problems: ['request_not_found', 'request_finished', 'database_unavailable'],
 *     };
 *     app.post('/cancel/:request_id', {
 *       config: { docs: CANCEL },
 *       schema: { params: RequestIdParams, response: { 202: refTo(Accepted) } },
 *     }, handler);
 *
 * - What is parsed and written is told by `schema`, never twice: parameters with their `description` from
 *   `schema.params` and `schema.querystring` (with `examples` only where they are required, as the page fills them into
 *   calls), JSON answers from `schema.response`. Shapes with a name (`$id`) stand in components.ts and are used as
 *   `refTo(Shape)`.
 * - `answers` lists every status below 400, `problems` every error code the route can give; their statuses, schema and
 *   examples come from the error table. Codes every call can give (EVERY_CALL in openapi-problems.ts, `unauthorized`
 *   where the route is not `open`, those of unreadable paths) are added by themselves.
 * - Examples are checked against their schemas, and every answer of the test-suite against the document.
 * - A route without `docs` is not in the document; NOT_IN_DOCUMENT in test/helpers/openapi-contract.ts lists those that may be.
 */
import type { TObject, TSchema } from '@fastify/type-provider-typebox';
import type { FastifySchema } from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import type { HeaderName } from './answer-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    docs?: OperationDocs;
  }
}

export const TAGS = {
  Requests: 'A request is one uploaded CSV with its products and images: bring it, follow it, repeat it, stop it.',
  Results: 'What comes out: the compressed images and your CSV with their addresses.',
  Deliveries: 'Webhooks and e-mails that tell the end of a request, with the log of every attempt.',
  Incoming: 'Signed messages from outside, such as results of another image processor.',
  Operations: 'Is the service well, and what does it offer?',
} as const;

export interface Example {
  /** One line: what the example shows. */
  readonly summary: string;
  readonly value: unknown;
}

/** A body under one media type. */
export interface MediaDocs {
  readonly schema: TSchema;
  readonly examples: Readonly<Record<string, Example>>;
}

export interface AnswerDocs {
  readonly description: string;
  readonly headers?: Readonly<Partial<Record<HeaderName, 'always' | 'sometimes'>>>;
  /** Of a JSON answer. */
  readonly example?: unknown;
  /** Answers that are not JSON, by media type. */
  readonly content?: Readonly<Record<string, MediaDocs>>;
}

export interface BodyDocs {
  readonly description: string;
  /** By media type. */
  readonly content: Readonly<Record<string, MediaDocs>>;
}

export interface OperationDocs {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  /** Query of a route that parses it itself; otherwise it is in `schema.querystring`. */
  readonly query?: TObject;
  /** Headers of the call that the route looks at. */
  readonly headers?: TObject;
  readonly body?: BodyDocs;
  readonly answers: Readonly<Record<number, AnswerDocs>>;
  readonly problems: readonly ErrorCode[];
}

/** What the document is told of a route. */
export interface DocumentedRoute {
  readonly docs: OperationDocs;
  readonly schema: FastifySchema;
  readonly open: boolean;
  /** As declared, with `:parameters`. */
  readonly url: string;
}
