import { type ParseArgsConfig, parseArgs } from 'node:util';
import { AppError } from '../core/errors.ts';
import { isRequestId } from '../core/file-id.ts';
import { nearest } from './did-you-mean.ts';

export type FlagTable = NonNullable<ParseArgsConfig['options']>;

/** What was typed behind the name of a command. */
export type ParsedFlags<T extends FlagTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** @throws AppError `invalid_option` that names the flag and the one that was probably meant */
export const parseFlags = <T extends FlagTable>(command: string, args: readonly string[], flags: T): ParsedFlags<T> => {
  refuseFaults(command, args, flags);
  return parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true });
};

/** `detail`, with the place where it is told how the command is meant. */
export const wrongUse = (command: string, detail: string): AppError =>
  new AppError('invalid_option', { detail: `${detail}\nSee: halve ${command} --help` });

/** The one thing a command is about. @throws AppError `invalid_option` when there is none, or more */
export const onlyOperand = (command: string, what: string, positionals: readonly string[]): string => {
  const [first, ...more] = positionals;
  if (first === undefined) throw wrongUse(command, `The ${what} is missing.`);
  if (more.length > 0) throw wrongUse(command, `Only one ${what}: ${first} was given, and also ${more.join(', ')}.`);
  return first;
};

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** @throws AppError `invalid_option` for anything that is no request id */
export const requestIdOperand = (command: string, positionals: readonly string[]): string => {
  const text = onlyOperand(command, 'request id', positionals);
  const id = text.toLowerCase();
  if (isRequestId(id)) return id;
  const inside = UUID.exec(id)?.[0];
  const hint =
    inside === undefined ? 'One looks like 0f8fad5b-d9cb-469f-a165-70867728950e.' : `Did you mean ${inside}?`;
  throw wrongUse(command, `"${text.slice(0, 100)}" is not a request id. ${hint}`);
};

/** Looks at the flags before they are parsed for good, because the messages of `parseArgs` are for programmers. */
const refuseFaults = (command: string, args: readonly string[], flags: FlagTable): void => {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      const known = Object.keys(flags);
      const meant = rawName.startsWith('--') ? nearest(name, known) : null;
      const hint = meant === null ? '' : ` Did you mean --${meant}?`;
      throw wrongUse(command, `There is no flag ${rawName}.${hint}`);
    }
    if (flag.type === 'boolean' && value !== undefined) throw wrongUse(command, `${rawName} takes no value.`);
    // A flag that follows is more likely a forgotten value than a value.
    if (flag.type === 'string' && (value === undefined || (!token.inlineValue && /^-./.test(value)))) {
      throw wrongUse(command, `${rawName} needs a value.`);
    }
  }
};
