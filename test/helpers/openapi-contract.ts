/**
 * Holds answers against the OpenAPI document: is this status of this call told, in this media type, with these headers
 * and this body? Stricter than the document is with its readers: fields it does not tell are faults.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface Header {
  readonly required?: boolean;
  readonly schema: Json;
}
interface Answer {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

/** What a server sent. */
export interface SentAnswer {
  readonly method: string;
  /** Path and query, as it was asked for. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Null when it was not looked at: streams, files, and answers nobody waited for the end of. */
  readonly body: string | null;
}

/** Calls that are not part of the API: the page with its files, and the page over the document. */
export const NOT_IN_DOCUMENT: readonly RegExp[] = [
  /^GET \/$/,
  /^GET \/assets\/[\w.-]+$/,
  /^GET \/requests\/[^/]+$/,
  /^GET \/docs$/,
  /^GET \/docs\/js\/scalar\.js$/,
];

/** Headers that are never sent without being told. */
const TOLD_HEADERS = new Set(
  'location retry-after etag content-disposition content-range accept-ranges idempotent-replayed www-authenticate allow'.split(
    ' ',
  ),
);

export interface Contract {
  /** Checks against the schema at this place of the document. */
  schemaAt(...keys: readonly string[]): ValidateFunction;
  /** What about an answer is not as told; nothing, if all is well. */
  faultsOf(answer: SentAnswer): readonly string[];
}

export const createContract = (document: OpenApi): Contract => {
  const schemaAt = createSchemas(document);
  const problem = schemaAt('components', 'schemas', 'Problem');
  const patterns = Object.keys(document.paths)
    // The path without parameters first: `/requests` before `/{anything}`.
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
    .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  return {
    schemaAt,
    faultsOf(answer) {
      const method = answer.method === 'HEAD' ? 'GET' : answer.method;
      const asked = pathOf(answer.url);
      const path = patterns.find(({ pattern }) => pattern.test(asked))?.path;
      const operation = path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()];
      const faults =
        path === undefined || operation === undefined
          ? strangeFaults(`${method} ${asked}`, answer, problem)
          : operationFaults(operation, answer, (type) =>
              schemaAt(
                'paths',
                path,
                method.toLowerCase(),
                'responses',
                String(answer.status),
                'content',
                type,
                'schema',
              ),
            );
      return faults.map((fault) => `${answer.method} ${answer.url} (${answer.status}): ${fault}`);
    },
  };
};

/** One name for all a path has: without `/api`, without a slash at the end. */
const pathOf = (url: string): string => {
  const path = url.replace(/[?#].*$/s, '').replace(/(?<=.)\/$/, '');
  return path.replace(/^\/api(?=\/|$)/, '') || '/';
};

const operationFaults = (
  operation: Operation,
  sent: SentAnswer,
  validator: (type: string) => ValidateFunction,
): string[] => {
  const told = operation.responses[String(sent.status)];
  if (told === undefined) {
    return [`${operation.operationId} tells ${Object.keys(operation.responses).join(', ')} only; body: ${sent.body}`];
  }
  return [...headerFaults(told.headers ?? {}, sent), ...contentFaults(told, sent, validator)];
};

const contentFaults = (
  { content }: Answer,
  sent: SentAnswer,
  validator: (type: string) => ValidateFunction,
): string[] => {
  const type = mediaType(sent);
  if (content === undefined) return sent.body === null || sent.body === '' ? [] : ['a body where none is told'];
  if (type === null || content[type] === undefined) {
    return [`comes as ${type}, told is ${Object.keys(content).join(', ')}`];
  }
  if (sent.body === null || !type.endsWith('json') || sent.method === 'HEAD') return [];
  return bodyFaults(validator(type), sent.body);
};

const headerFaults = (told: Readonly<Record<string, Header>>, { headers }: SentAnswer): string[] => {
  const names = new Set(Object.keys(told).map((name) => name.toLowerCase()));
  const untold = Object.keys(headers).filter((name) => TOLD_HEADERS.has(name) && !names.has(name));
  const wrong = Object.entries(told).flatMap(([name, { required, schema }]) => {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return required === true ? [`the header ${name} is missing`] : [];
    return schema.type === 'integer' && !/^\d+$/.test(String(value)) ? [`${name}: ${value} is no number`] : [];
  });
  return [...untold.map((name) => `the header ${name} is not told`), ...wrong];
};

/** Anything else is refused with a problem document. */
const strangeFaults = (call: string, sent: SentAnswer, problem: ValidateFunction): string[] => {
  if (sent.status < 400) {
    return NOT_IN_DOCUMENT.some((pattern) => pattern.test(call)) ? [] : ['is not in the document'];
  }
  if (mediaType(sent) !== 'application/problem+json') return [`comes as ${mediaType(sent)}, not as a problem`];
  const allow = sent.status === 405 && sent.headers.allow === undefined ? ['the header Allow is missing'] : [];
  return [...allow, ...(sent.body === null || sent.method === 'HEAD' ? [] : bodyFaults(problem, sent.body))];
};

const mediaType = ({ headers }: SentAnswer): string | null => {
  const type = headers['content-type'];
  return typeof type === 'string' ? (type.split(';')[0]?.trim() ?? null) : null;
};

const bodyFaults = (validate: ValidateFunction, body: string): string[] => {
  if (validate(JSON.parse(body))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params, data }) =>
      `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}; it is ${shortened(JSON.stringify(data))}`,
  );
};

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

const ROOT = 'openapi.json';

const createSchemas = (document: OpenApi): Contract['schemaAt'] => {
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true });
  formats.default(ajv);
  // Never compiled as a whole, only looked into.
  ajv.addSchema(closed(document, false) as Json, ROOT, false, false);
  return (...keys) => {
    const pointer = keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const found = ajv.getSchema(`${ROOT}#/${pointer}`);
    if (found === undefined) throw new Error(`The document has no schema at ${keys.join(' ')}`);
    return found;
  };
};

/** Objects take no fields but those told. Parts of an `allOf` are left open: each tells only some of the fields. */
const closed = (value: unknown, part: boolean): unknown => {
  if (Array.isArray(value)) return value.map((one) => closed(one, part));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    key === 'example' || key === 'examples' ? inner : closed(inner, key === 'allOf'),
  ]);
  const object = Object.fromEntries(entries);
  const isObject = object.type === 'object' && object.properties !== undefined;
  return isObject && !part && object.additionalProperties === undefined
    ? { ...object, additionalProperties: false }
    : object;
};
