/**
 * TypeScript types of an OpenAPI 3.1 document, in the shape `openapi-fetch` reads: `paths`, `components`, `operations`.
 * Knows the vocabulary our document uses and refuses anything else, so that nothing is typed by guessing. (The usual
 * generator needs a compiler API that TypeScript 7 does not have.)
 */
type Json = Readonly<Record<string, unknown>>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const PLACES = ['query', 'header', 'path', 'cookie'];

/** Keywords that narrow values, or tell people about them, without changing their type. */
const NO_TYPE = new Set(
  'description default examples example format pattern minimum maximum minLength maxLength minItems maxItems contentMediaType'.split(
    ' ',
  ),
);
const TYPE_KEYWORDS = new Set(
  'type enum const $ref allOf anyOf properties required items additionalProperties'.split(' '),
);

/** Source text of the types. @throws Error for anything it does not know */
export const openapiTypes = (document: Json): string => {
  const paths = object(document.paths);
  const schemas = object(object(document.components).schemas);
  return [
    '/** Made of docs/openapi.json by `npm run docs`; not to be edited. */\n',
    'export interface paths {',
    ...Object.entries(paths).map(([path, item]) => indent(pathItem(path, object(item)))),
    '}\n',
    'export interface components {',
    '  schemas: {',
    ...Object.entries(schemas).map(([name, schema]) =>
      indent(`${comment(object(schema))}${name}: ${typeOf(object(schema))};`, 2),
    ),
    '  };',
    '}\n',
    'export interface operations {',
    ...Object.values(paths).flatMap((item) =>
      Object.values(object(item)).map((operation) => indent(operationType(object(operation)))),
    ),
    '}\n',
  ].join('\n');
};

const pathItem = (path: string, item: Json): string => {
  for (const key of Object.keys(item)) if (!METHODS.includes(key)) throw unknown(`path item key ${key}`);
  const lines = METHODS.map((method) => {
    const operation = item[method];
    return operation === undefined
      ? `${method}?: never;`
      : `${method}: operations['${String(object(operation).operationId)}'];`;
  });
  const none = PLACES.map((place) => `${place}?: never`).join('; ');
  return `'${path}': {\n${indent([`parameters: { ${none} };`, ...lines].join('\n'))}\n};`;
};

const operationType = (operation: Json): string => {
  const body = operation.requestBody === undefined ? 'requestBody?: never;' : bodyType(object(operation.requestBody));
  const responses = Object.entries(object(operation.responses)).map(
    ([status, response]) => `${status}: ${answerType(object(response))};`,
  );
  const parameters = PLACES.map((place) => parametersIn(place, (operation.parameters ?? []) as readonly Json[]));
  const parts = [block('parameters', parameters), body, block('responses', responses)];
  const summary = `/** ${String(operation.summary)} */\n`;
  return `${summary}${String(operation.operationId)}: {\n${indent(parts.join('\n'))}\n};`;
};

const block = (name: string, lines: readonly string[]): string => `${name}: {\n${indent(lines.join('\n'))}\n};`;

const parametersIn = (place: string, parameters: readonly Json[]): string => {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return `${place}?: never;`;
  const lines = here.map(
    (one) =>
      `${comment(one)}${key(String(one.name))}${one.required === true ? '' : '?'}: ${typeOf(object(one.schema))};`,
  );
  const optional = here.every(({ required }) => required !== true);
  return block(`${place}${optional ? '?' : ''}`, lines);
};

const bodyType = ({ content }: Json): string => block('requestBody', [contentType(object(content))]);

const contentType = (content: Json): string =>
  block(
    'content',
    Object.entries(content).map(([type, media]) => `'${type}': ${typeOf(object(object(media).schema))};`),
  );

const answerType = ({ headers, content }: Json): string => {
  const named = Object.entries(object(headers ?? {})).map(
    ([name, header]) =>
      `${key(name)}${object(header).required === true ? '' : '?'}: ${typeOf(object(object(header).schema))};`,
  );
  const body = content === undefined ? 'content?: never;' : contentType(object(content));
  const known =
    named.length === 0
      ? 'headers: { [name: string]: unknown };'
      : block('headers', [...named, '[name: string]: unknown;']);
  return `{\n${indent([known, body].join('\n'))}\n}`;
};

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** The type of one schema. */
const typeOf = (schema: Json): string => {
  for (const name of Object.keys(schema)) {
    if (!NO_TYPE.has(name) && !TYPE_KEYWORDS.has(name)) throw unknown(`schema keyword ${name}`);
  }
  if (typeof schema.$ref === 'string') return referred(schema.$ref);
  if (Array.isArray(schema.allOf)) return schema.allOf.map((one) => typeOf(object(one))).join(' & ');
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((one) => typeOf(object(one))).join(' | ');
  if (Array.isArray(schema.enum)) return schema.enum.map(literal).join(' | ');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((type) => typed(String(type), schema))
    .join(' | ');
};

const typed = (type: string, schema: Json): string => {
  if (type === 'array') return arrayType(typeOf(object(schema.items)));
  if (type === 'object') return objectType(schema);
  return SIMPLE[type] ?? fail(`type ${type}`);
};

const arrayType = (items: string): string => (/ [|&] /.test(items) ? `(${items})[]` : `${items}[]`);

const objectType = ({ properties, required, additionalProperties }: Json): string => {
  const needed = new Set((required ?? []) as readonly string[]);
  const lines = Object.entries(object(properties ?? {})).map(([name, schema]) => {
    const property = object(schema);
    return `${comment(property)}${key(name)}${needed.has(name) ? '' : '?'}: ${typeOf(property)};`;
  });
  if (typeof additionalProperties === 'object') lines.push(`[name: string]: ${typeOf(object(additionalProperties))};`);
  return lines.length === 0 ? 'Record<string, unknown>' : `{\n${indent(lines.join('\n'))}\n}`;
};

const referred = (ref: string): string => {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1];
  return name === undefined ? fail(`reference ${ref}`) : `components['schemas']['${name}']`;
};

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : value === null ? 'null' : String(value);

const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);

const comment = ({ description }: Json): string =>
  typeof description === 'string' ? `/** ${description.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n` : '';

const indent = (text: string, depth = 1): string => text.replaceAll(/^(?=.)/gm, '  '.repeat(depth));

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : fail('part that is no object');

const unknown = (what: string): Error => new Error(`The types cannot say this yet: ${what}`);
const fail = (what: string): never => {
  throw unknown(what);
};
