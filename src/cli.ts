/** The command line: `halve run|serve|demo|doctor`. */
import { EXIT, type ExitCode } from './cli/exit-codes.ts';
import { explainError } from './cli/explain-error.ts';
import type { Terminal } from './cli/terminal.ts';
import { USAGE } from './cli/usage.ts';
import { systemEnvironment } from './config/environment.ts';
import { AppError, type ErrorCode } from './core/errors.ts';
import { VERSION } from './version.ts';

type Command = (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;

/** Each command brings its own parts, so that none waits for those of the others. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./cli/run-command.ts')).runCommand,
  serve: async () => (await import('./cli/serve-command.ts')).serveCommand,
  demo: async () => (await import('./demo/demo-command.ts')).demoCommand,
  doctor: async () => (await import('./cli/doctor-command.ts')).doctorCommand,
};

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
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help' || rest.includes('--help')) {
    terminal.stdout.write(USAGE);
    return args.length === 0 ? EXIT.usage : EXIT.done;
  }
  if (name === '--version' || name === '-v') {
    terminal.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const load = COMMANDS[name];
  if (load === undefined) {
    const known = Object.keys(COMMANDS).join(', ');
    terminal.stderr.write(`There is no command "${name}". Commands: ${known}. See: halve --help\n`);
    return EXIT.usage;
  }
  try {
    const command = await load();
    return await command(rest, terminal);
  } catch (error) {
    terminal.stderr.write(explainError(error));
    const aboutInput = error instanceof AppError && INPUT_ERRORS.includes(error.code);
    return aboutInput ? EXIT.unreadableInput : EXIT.usage;
  }
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
