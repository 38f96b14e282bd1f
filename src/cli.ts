/** The command line; `halve --help` lists the commands. */
import { findCommand } from './cli/commands.ts';
import { EXIT, type ExitCode } from './cli/exit-codes.ts';
import { explainError } from './cli/explain-error.ts';
import type { Terminal } from './cli/terminal.ts';
import { systemEnvironment } from './config/environment.ts';
import { AppError, type ErrorCode } from './core/errors.ts';
import { VERSION } from './version.ts';

/** Errors that mean the file, not the way the command was called. */
const INPUT_ERRORS: readonly ErrorCode[] = [
  'unreadable_input',
  'empty_file',
  'not_a_csv',
  'missing_columns',
  'invalid_rows',
  'no_rows',
  'too_many_images',
  'file_too_large',
];

const main = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  if (args[0] === '--version' || args[0] === '-v') {
    terminal.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const asked = findCommand(args);
  if (asked.kind === 'text') {
    (asked.wanted ? terminal.stdout : terminal.stderr).write(asked.text);
    return asked.wanted ? EXIT.done : EXIT.usage;
  }
  if (asked.kind === 'fault') {
    terminal.stderr.write(asked.text);
    return EXIT.usage;
  }
  try {
    const command = await asked.load();
    return await command(asked.args, terminal);
  } catch (error) {
    terminal.stderr.write(explainError(error));
    return exitCodeOf(error);
  }
};

const exitCodeOf = (error: unknown): ExitCode => {
  if (!(error instanceof AppError)) return EXIT.usage;
  if (error.code === 'server_unreachable') return EXIT.serverUnreachable;
  return INPUT_ERRORS.includes(error.code) ? EXIT.unreadableInput : EXIT.usage;
};

/** The first signal asks; a second one means it. */
const onInterrupt = (listener: () => void): (() => void) => {
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    listener();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
};

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: systemEnvironment,
  onInterrupt,
});
// A command that gave up before its input ended must not wait for the rest, which somebody would have to type.
process.stdin.destroy();
