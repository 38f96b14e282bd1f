import { readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, wrongUse } from '../parse-flags.ts';
import { checkReadable } from '../spool-file.ts';
import { say, TALK_FLAGS, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { judgeMessage } from './judge-message.ts';
import { parseSavedMessage, type SavedMessage } from './saved-message.ts';
import { secretsInUse } from './secrets-in-use.ts';

const NAME = 'webhook verify';

const FLAGS = {
  ...TALK_FLAGS,
  id: { type: 'string' },
  timestamp: { type: 'string' },
  signature: { type: 'string' },
  body: { type: 'string' },
  'any-age': { type: 'boolean' },
} as const;

/** Far more than a webhook has. */
const MAX_BYTES = 10_000_000;

/** `halve webhook verify`: is a message signed with our secret, and if not, what is wrong? */
export const verifyCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags(NAME, args, FLAGS);
  if (positionals.length > 0) throw wrongUse(NAME, `Name the file with --body: ${positionals.join(' ')}`);
  const talk = talkOf(values, terminal);
  const bytes = await readInput(values.body ?? '-', terminal);
  const message = messageOf(values, bytes);
  const { secrets, source } = await secretsInUse(terminal, { make: false });
  const judgement = judgeMessage(message, { secrets, anyAge: values['any-age'] === true, now: Date.now() });
  const { valid, detail, hint } = judgement;
  const lines = [`${valid ? 'Valid' : 'Not valid'}: ${detail}`, ...(hint === null ? [] : [hint])];
  writeResult(talk, `${lines.join('\n')}\n`, judgement);
  if (!valid) say(talk, `Checked with the secret from ${source}.`);
  return valid ? EXIT.done : EXIT.someFailed;
};

type Values = Readonly<Partial<Record<'id' | 'timestamp' | 'signature', string>>>;

/** The headers from the flags and the body from the input, or a whole saved request from the input. */
const messageOf = ({ id, timestamp, signature }: Values, bytes: Uint8Array): SavedMessage => {
  const given = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(headers).length > 0) return { headers: headers as Record<string, string>, body: bytes };
  const message = parseSavedMessage(bytes);
  if (message !== null) return message;
  throw wrongUse(
    NAME,
    'The input is no saved HTTP request (headers, an empty line, the body). With the body alone, give the headers as --id, --timestamp and --signature.',
  );
};

const readInput = async (file: string, { stdin, stderr }: Terminal): Promise<Uint8Array> => {
  if (file !== '-') {
    await checkReadable(file);
    return readFile(file);
  }
  if ('isTTY' in stdin && stdin.isTTY === true) stderr.write('Paste the message, then press Ctrl-D.\n');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stdin) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    if (size > MAX_BYTES) throw new AppError('file_too_large', { detail: 'A webhook is never that large.' });
  }
  return Buffer.concat(pieces);
};
