import type { Terminal } from './terminal.ts';

/** How a command talks; the same for all that are about one request. */
export interface Talk {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** No progress, nothing but the result. */
  readonly quiet: boolean;
}

/** Flags of {@link Talk}. */
export const TALK_FLAGS = { json: { type: 'boolean' }, quiet: { type: 'boolean', short: 'q' } } as const;
export const WATCH_FLAG = { watch: { type: 'boolean', short: 'w' } } as const;

export const talkOf = (
  values: { readonly json?: boolean | undefined; readonly quiet?: boolean | undefined },
  terminal: Terminal,
): Talk => ({ terminal, json: values.json === true, quiet: values.quiet === true });

/** Says something that is not the result, unless nobody wants to hear it. */
export const say = ({ terminal, quiet }: Pick<Talk, 'terminal' | 'quiet'>, text: string): void => {
  if (!quiet) terminal.stderr.write(`${text}\n`);
};

/** Writes the result: words for people, or one JSON object. */
export const writeResult = (
  { terminal, json }: Pick<Talk, 'terminal' | 'json'>,
  words: string,
  facts: object,
): void => {
  terminal.stdout.write(json ? `${JSON.stringify(facts)}\n` : words);
};
