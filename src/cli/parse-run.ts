import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseOptions, type RequestOptions } from '../core/options.ts';
import { onlyOperand, parseFlags } from './parse-flags.ts';
import { REQUEST_FLAGS, requestTexts } from './request-flags.ts';

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
  ...REQUEST_FLAGS,
  out: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const;

/** @throws AppError `invalid_option` with what is wrong, in words a person can use. */
export const parseRun = (args: readonly string[]): RunPlan => {
  const { values, positionals } = parseFlags('run', args, FLAGS);
  const file = onlyOperand('run', 'CSV file', positionals);
  const name = file === '-' ? 'catalogue' : basename(file, extname(file));
  const beside = file === '-' ? '.' : dirname(file);
  return {
    file,
    name,
    out: resolve(values.out ?? join(beside, `${name}_halved`)),
    options: parseOptions(requestTexts(values)),
    json: values.json === true,
    quiet: values.quiet === true,
  };
};
