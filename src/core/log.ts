import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { systemCode } from './errors.ts';
import { scrubText } from './scrub-text.ts';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Causes of causes that are told; an error that is its own cause must not be told for ever. */
const MAX_CAUSES = 5;

/**
 * JSON lines on stderr, so that stdout stays free for results; `request_id` names the request a line is about. Texts are
 * scrubbed, and of errors and calls only what is named here gets in: libraries hang headers, bodies and settings on them.
 */
export const createLogger = (level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger =>
  pino(
    {
      level,
      base: null,
      formatters: { log: scrubFields },
      // @fastify/multipart writes its options at `trace`, and all headers of the call with them.
      redact: { paths: ['*.headers'], remove: true },
      serializers: {
        err: (thrown: unknown) => errorFacts(thrown, 0),
        req: (call: { readonly method?: string }) => ({ method: call.method }),
        res: (answer: { readonly statusCode?: number }) => ({ status: answer.statusCode }),
      },
    },
    destination,
  );

const scrubFields = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? scrubText(value) : value]),
  );

const errorFacts = (thrown: unknown, depth: number): unknown => {
  if (thrown === undefined || thrown === null) return undefined;
  if (!(thrown instanceof Error)) return { message: scrubText(String(thrown)) };
  const causes = thrown instanceof AggregateError ? thrown.errors : [thrown.cause];
  const known = depth < MAX_CAUSES ? causes.map((cause) => errorFacts(cause, depth + 1)).filter(Boolean) : [];
  return {
    type: thrown.name,
    code: systemCode(thrown),
    message: scrubText(thrown.message),
    stack: placesOf(thrown),
    ...(known.length === 0 ? {} : { causes: known }),
  };
};

/** The lines of a stack without the message above them. */
const placesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
