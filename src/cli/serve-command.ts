import { loadSettings } from '../config/load-settings.ts';
import { AppError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { parseFlags, wrongUse } from './parse-flags.ts';
import { startService } from './start-service.ts';
import type { Terminal } from './terminal.ts';

/** `halve serve`: the API and the page, until a signal ends it. */
export const serveCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  refuseArguments(args);
  const settings = loadSettings(terminal.environment);
  const log = createLogger(settings.logLevel);
  const service = await startService(settings, log);
  terminal.stderr.write(`Halve is ready: ${service.url} (Ctrl-C ends it; data in ${service.dataDir})\n`);
  await new Promise<void>((resolve) => {
    terminal.onInterrupt(resolve);
  });
  terminal.stderr.write('Ending: running work is given back and goes on at the next start …\n');
  await service.stop();
  return EXIT.done;
};

const refuseArguments = (args: readonly string[]): void => {
  const { values, positionals } = parseFlags('serve', args, { 'no-workers': { type: 'boolean' } });
  if (positionals.length > 0) throw wrongUse('serve', `Nothing is to be named here: ${positionals.join(' ')}`);
  if (values['no-workers'] !== true) return;
  throw new AppError('invalid_option', {
    detail: 'With SQLite the service does the work itself; --no-workers needs workers on other machines (PostgreSQL).',
  });
};
