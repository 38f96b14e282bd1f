/** The problem documents an operation can answer with, in OpenAPI's words. */
import { AppError, type AppErrorOptions, ERRORS, type ErrorCode } from '../core/errors.ts';
import { ANSWER_HEADERS, type HeaderName } from './answer-headers.ts';
import type { AnswerDocs, DocumentedRoute } from './document.ts';
import type { JsonObject } from './openapi-json.ts';
import { toProblem } from './problem.ts';

/** What any call can be answered with, whatever it asks for. */
const EVERY_CALL: readonly ErrorCode[] = ['cross_site', 'internal_error', 'shutting_down'];
/** What a path with an id in it can be answered with before anybody looks for the id. */
const UNREADABLE_PATH: readonly ErrorCode[] = ['malformed_request', 'not_found'];

/** Headers that come with a status, whatever the call. */
const STATUS_HEADERS: Readonly<Partial<Record<number, readonly HeaderName[]>>> = {
  401: ['WWW-Authenticate'],
  405: ['Allow'],
  416: ['Content-Range'],
  503: ['Retry-After'],
};

/** Codes whose thrower may know when the same call can succeed. */
const MAY_NAME_A_TIME: ReadonlySet<ErrorCode> = new Set(['idempotency_key_in_use']);

/** What makes the examples of some codes worth reading. */
const DETAILS: Readonly<Partial<Record<ErrorCode, AppErrorOptions>>> = {
  invalid_option: {
    detail: 'quality: expected a whole number from 1 to 100, got "500".',
    extras: {
      errors: [{ option: 'quality', detail: 'quality: expected a whole number from 1 to 100, got "500".' }],
    },
  },
  invalid_rows: {
    detail:
      '1 row cannot be used; nothing was stored. First: Row 2, column "Input Image Urls": "n/a" is not an http(s) address.',
    extras: {
      total_errors: 1,
      errors: [
        {
          row: 2,
          line: 3,
          column: 'Input Image Urls',
          code: 'bad_url',
          detail: 'Row 2, column "Input Image Urls": "n/a" is not an http(s) address.',
        },
      ],
    },
  },
  missing_columns: {
    detail: 'Missing in the first line: Input Image Urls. It has "SKU", "Title", separated by commas.',
    extras: { missing: ['Input Image Urls'], found: ['SKU', 'Title'] },
  },
  file_too_large: { detail: 'The file is larger than 100 MB.' },
  too_many_images: { detail: 'The file has more than 1000000 images.' },
  not_ready: {
    extras: {
      checks: { database: 'ok', storage: 'ok', disk: 'Only 120 MB of disk space are free; 500 MB are needed.' },
    },
  },
};

/** Every code an operation can give. */
export const problemCodes = ({ docs, open, url }: DocumentedRoute): ReadonlySet<ErrorCode> =>
  new Set([
    ...docs.problems,
    ...(open ? [] : (['unauthorized'] as const)),
    ...(url.includes(':') ? UNREADABLE_PATH : []),
    ...EVERY_CALL,
  ]);

/** The answers from 400 up, by status. */
export const problemAnswers = (codes: ReadonlySet<ErrorCode>): JsonObject => {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, some]) => [String(status), problemAnswer(status, some)]),
  );
};

const problemAnswer = (status: number, codes: readonly ErrorCode[]): JsonObject => {
  const headers = headersOf({
    ...(codes.some((code) => MAY_NAME_A_TIME.has(code)) ? { 'Retry-After': 'sometimes' } : {}),
    ...Object.fromEntries((STATUS_HEADERS[status] ?? []).map((name) => [name, 'always'])),
  });
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'),
    ...(headers === null ? {} : { headers }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: codes } } },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
};

/** An example of each code, at the path of the first operation that can give it. */
export const problemExamples = (routes: Iterable<DocumentedRoute>): JsonObject => {
  const examples: Partial<Record<ErrorCode, JsonObject>> = {};
  for (const route of routes) {
    for (const code of problemCodes(route)) {
      const value = toProblem(new AppError(code, DETAILS[code]), examplePath(route));
      examples[code] ??= { summary: ERRORS[code].message, value };
    }
  }
  return examples;
};

/** The path with the examples of its parameters. */
const examplePath = ({ url, schema }: DocumentedRoute): string => {
  const params = schema.params as { properties?: Record<string, { examples?: readonly unknown[] }> } | undefined;
  return url.replace(/:(\w+)/g, (_, name: string) => String(params?.properties?.[name]?.examples?.[0] ?? name));
};

/** Header objects by name, or null for none. */
export const headersOf = (headers: AnswerDocs['headers']): JsonObject | null => {
  const named = Object.entries(headers ?? {}) as [HeaderName, 'always' | 'sometimes'][];
  if (named.length === 0) return null;
  return Object.fromEntries(
    named.map(([name, when]) => [name, { ...ANSWER_HEADERS[name], required: when === 'always' }]),
  );
};
