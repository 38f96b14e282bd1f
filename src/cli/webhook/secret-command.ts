import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, wrongUse } from '../parse-flags.ts';
import { say, TALK_FLAGS, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { secretsInUse } from './secrets-in-use.ts';

/** `halve webhook secret`: prints what receivers need to check a signature. */
export const secretCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('webhook secret', args, TALK_FLAGS);
  if (positionals.length > 0) throw wrongUse('webhook secret', `Nothing is to be named here: ${positionals.join(' ')}`);
  const talk = talkOf(values, terminal);
  const { secrets, source, made } = await secretsInUse(terminal, { make: true });
  writeResult(talk, `${secrets.join('\n')}\n`, { secrets, source });
  const several = secrets.length > 1 ? ' All of them sign; the first is the newest.' : '';
  // In the wrong folder, too, there is a secret now; no message would ever fit it.
  const origin = made ? `Made just now, for services with this data folder: ${source}.` : `From ${source}.`;
  say(talk, `${origin} Give it to whoever receives your webhooks, and to nobody else.${several}`);
  return EXIT.done;
};
