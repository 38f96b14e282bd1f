import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on stderr, so that stdout stays free for results. Secrets never get in: callers log ids, not headers. */
export const createLogger = (level: LogLevel): Logger =>
  pino({ level, base: null, redact: ['req.headers.authorization', 'req.headers.cookie'] }, pino.destination(2));
