import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, type AppErrorOptions } from '../core/errors.ts';
import { parseOptions, type RequestOptions } from '../core/options.ts';

/** What `halve run` was asked to do. */
export interface RunPlan {
  /** Path of the CSV, or `-` for stdin. */
  readonly file: string;
  /** Its name without folder and extension; names the result files. */
  readonly name: string;
  /** Folder of the results. */
  readonly out: string;
  readonly options: RequestOptions;
  readonly json: boolean;
  readonly quiet: boolean;
}

const FLAGS = {
  out: { type: 'string' },
  target: { type: 'string' },
  quality: { type: 'string' },
  format: { type: 'string' },
  'max-width': { type: 'string' },
  'max-height': { type: 'string' },
  'on-invalid': { type: 'string' },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const;

/** Flags that are options of the request, under their names in the API. */
const REQUEST_FLAGS = ['target', 'quality', 'format', 'max-width', 'max-height', 'on-invalid'] as const;

/** @throws AppError `invalid_option` with what is wrong, in words a person can use. */
export const parseRun = (args: readonly string[]): RunPlan => {
  const { values, positionals } = parseFlags(args);
  const [file, ...more] = positionals;
  if (file === undefined) throw usage('Name the CSV: halve run FILE.csv');
  if (more.length > 0) throw usage(`One file at a time: ${file} was given, and also ${more.join(', ')}.`);
  const texts: Record<string, string> = {};
  for (const flag of REQUEST_FLAGS) {
    const text = values[flag];
    if (text !== undefined) texts[flag.replace('-', '_')] = text;
  }
  if (values.strict === true) texts.strict = 'true';
  const name = file === '-' ? 'catalogue' : basename(file, extname(file));
  const beside = file === '-' ? '.' : dirname(file);
  return {
    file,
    name,
    out: resolve(values.out ?? join(beside, `${name}_halved`)),
    options: parseOptions(texts),
    json: values.json === true,
    quiet: values.quiet === true,
  };
};

const parseFlags = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

const usage = (detail: string, more: AppErrorOptions = {}): AppError =>
  new AppError('invalid_option', { ...more, detail: `${detail}\nSee: halve --help` });
