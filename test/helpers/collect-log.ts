import { EventEmitter, on } from 'node:events';
import { createLogger, type Logger, type LogLevel } from '../../src/core/log.ts';

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface CollectedLog {
  readonly log: Logger;
  /** Everything that was written. */
  readonly text: () => string;
  readonly lines: () => LogLine[];
  /** The first line like this, once it is written. */
  readonly said: (like: (line: LogLine) => boolean) => Promise<LogLine>;
}

/** A logger whose lines a test reads. */
export const collectLog = (level: LogLevel): CollectedLog => {
  const written: string[] = [];
  const writing = new EventEmitter<{ line: [] }>();
  const write = (line: string): void => {
    written.push(line);
    writing.emit('line');
  };
  const lines = (): LogLine[] => written.map((line) => JSON.parse(line));
  return {
    log: createLogger(level, { write }),
    text: () => written.join(''),
    lines,
    async said(like) {
      const more = on(writing, 'line');
      for (;;) {
        const found = lines().find(like);
        if (found !== undefined) return found;
        await more.next();
      }
    },
  };
};
