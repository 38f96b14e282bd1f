import { nearest } from './did-you-mean.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { type CommandName, HELP, USAGE, WEBHOOK_USAGE } from './usage.ts';

type Command = (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;

/** Each command brings its own parts, so that none waits for those of the others. */
const LOAD: Readonly<Record<CommandName, () => Promise<Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand,
  serve: async () => (await import('./serve-command.ts')).serveCommand,
  demo: async () => (await import('../demo/demo-command.ts')).demoCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  submit: async () => (await import('./remote/submit-command.ts')).submitCommand,
  status: async () => (await import('./remote/status-command.ts')).statusCommand,
  retry: async () => (await import('./remote/retry-command.ts')).retryCommand,
  cancel: async () => (await import('./remote/cancel-command.ts')).cancelCommand,
  download: async () => (await import('./remote/download-command.ts')).downloadCommand,
  'webhook secret': async () => (await import('./webhook/secret-command.ts')).secretCommand,
  'webhook test': async () => (await import('./webhook/test-command.ts')).testCommand,
  'webhook verify': async () => (await import('./webhook/verify-command.ts')).verifyCommand,
  'webhook listen': async () => (await import('./webhook/listen-command.ts')).listenCommand,
  'webhook announce': async () => (await import('./webhook/announce-command.ts')).announceCommand,
};

const NAMES = Object.keys(LOAD) as readonly CommandName[];

/** What a command line asks for. */
export type Asked =
  /** A text to read; `asked`: somebody wanted it. */
  | { readonly kind: 'text'; readonly text: string; readonly wanted: boolean }
  | { readonly kind: 'command'; readonly load: () => Promise<Command>; readonly args: readonly string[] }
  | { readonly kind: 'fault'; readonly text: string };

/** Finds the command somebody typed, the help that was asked for, or what was probably meant. */
export const findCommand = (typed: readonly string[]): Asked => {
  const wantsHelp = typed.some((word) => word === '--help' || word === '-h') || typed[0] === 'help';
  const words = typed.filter((word, index) => word !== '--help' && word !== '-h' && !(index === 0 && word === 'help'));
  const [first, second] = words;
  if (first === undefined) return { kind: 'text', text: USAGE, wanted: wantsHelp };
  const name = NAMES.find((one) => one === first || one === `${first} ${second}`);
  if (name !== undefined && wantsHelp) return { kind: 'text', text: HELP[name], wanted: true };
  if (name !== undefined) return { kind: 'command', load: LOAD[name], args: words.slice(name.split(' ').length) };
  if (first === 'webhook' && second === undefined) return { kind: 'text', text: WEBHOOK_USAGE, wanted: wantsHelp };
  return { kind: 'fault', text: unknownText(first, second) };
};

const unknownText = (first: string, second: string | undefined): string => {
  const isWebhook = first === 'webhook' && second !== undefined;
  const word = isWebhook ? second : first;
  const known = isWebhook
    ? NAMES.filter((name) => name.startsWith('webhook ')).map((name) => name.slice('webhook '.length))
    : [...NAMES.filter((name) => !name.includes(' ')), 'webhook'];
  const group = isWebhook ? 'webhook ' : '';
  const meant = nearest(word, known) ?? (isWebhook ? null : nearest(word, NAMES));
  const hint = meant === null ? `Commands: ${known.join(', ')}.` : `Did you mean: halve ${group}${meant}?`;
  return `There is no command "${group}${word}". ${hint}\nSee: halve --help\n`;
};
