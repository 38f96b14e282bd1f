import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Accepted } from '../../client/client.ts';
import type { UploadOptions } from '../../client/upload-request.ts';
import { AppError, type ErrorCode, systemCode } from '../../core/errors.ts';
import { formatBytes, formatCounted, printable } from '../../core/format.ts';
import { parseOptions } from '../../core/options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { onlyOperand, parseFlags, wrongUse } from '../parse-flags.ts';
import { REQUEST_FLAGS, requestTexts, SERVER_REQUEST_FLAGS } from '../request-flags.ts';
import { say, TALK_FLAGS, type Talk, talkOf, WATCH_FLAG, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { type Connection, SERVER_FLAG, withServer } from './connection.ts';
import { openInput } from './open-input.ts';
import { watchToEnd } from './watch-to-end.ts';

const FLAGS = {
  ...SERVER_FLAG,
  ...REQUEST_FLAGS,
  ...SERVER_REQUEST_FLAGS,
  ...TALK_FLAGS,
  ...WATCH_FLAG,
  'idempotency-key': { type: 'string' },
} as const;

interface SubmitPlan {
  /** Path of the CSV, or `-` for stdin. */
  readonly file: string;
  readonly options: UploadOptions;
  readonly idempotencyKey: string;
}

/** `halve submit FILE.csv`: brings a CSV to a server, and follows it with --watch. */
export const submitCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('submit', args, FLAGS);
  const plan: SubmitPlan = {
    file: onlyOperand('submit', 'CSV file', positionals),
    options: uploadOptions(requestTexts(values)),
    // Of its own for every call of the command, so that the call can be repeated when its connection breaks.
    idempotencyKey: keyOf(values['idempotency-key']) ?? randomUUID(),
  };
  if (values.watch === true && plan.options.start === 'manual') {
    throw wrongUse(
      'submit',
      'With --start manual there is nothing to watch yet; start it with: halve retry REQUEST_ID',
    );
  }
  const talk = talkOf(values, terminal);
  return withServer(values, terminal, async (connection) => {
    const accepted = await submit(connection, plan, talk);
    const { request_id, total_images, total_products } = accepted;
    if (accepted.hint !== null) say(talk, printable(accepted.hint, 400));
    const size = `${formatCounted(total_images, 'image')} in ${formatCounted(total_products, 'row')}`;
    if (values.watch === true) {
      say(talk, `Accepted: ${size}, as ${request_id}. Ctrl-C stops watching only.`);
      return watchToEnd(connection, request_id, talk);
    }
    say(talk, `Accepted: ${size}. ${nextStep(accepted, plan, connection)}`);
    // The id alone, so that a script can keep it.
    writeResult(talk, `${request_id}\n`, accepted);
    return EXIT.done;
  });
};

const nextStep = ({ request_id }: Accepted, { options }: SubmitPlan, { command }: Connection): string =>
  options.start === 'manual'
    ? `Start it with: ${command(`retry ${request_id}`)}`
    : `Watch it with: ${command(`status ${request_id} --watch`)}`;

/** What servers take (docs/decisions/014); beyond Latin-1 it would not even become a header. */
const keyOf = (text: string | undefined): string | undefined => {
  if (text === undefined || /^[ -~]{1,255}$/.test(text)) return text;
  throw wrongUse('submit', '--idempotency-key: expected 1 to 255 printable ASCII characters.');
};

/** Checked here already, so that a wrong option need not wait for a file to arrive. */
const uploadOptions = (texts: Record<string, string>): UploadOptions => {
  parseOptions(texts);
  // A query carries texts, whatever their types are called.
  return texts as UploadOptions;
};

/** Waits before the second and the third try. */
const RETRY_MS = [500, 2_000] as const;

const submit = async (connection: Connection, plan: SubmitPlan, talk: Talk): Promise<Accepted> => {
  const { client, server, signal } = connection;
  const input = await openInput(plan.file, talk.terminal.stdin);
  say(talk, `Sending ${input.name}${input.bytes === null ? '' : ` (${formatBytes(input.bytes)})`} to ${server} ...`);
  const { options, idempotencyKey } = plan;
  for (let tries = 0; ; tries += 1) {
    try {
      return await client.upload({ file: input.file, fileName: input.fileName, options, idempotencyKey });
    } catch (error) {
      input.check(error);
      // A file without a byte is a body without a byte, which the server takes for none.
      if (error instanceof AppError && error.code === 'no_file') throw new AppError('empty_file', { cause: error });
      const wait = RETRY_MS[tries];
      if (signal.aborted) talk.terminal.stderr.write('Stopped. The server may have taken the file all the same.\n');
      if (signal.aborted || wait === undefined || !input.isRepeatable || !mayPass(error)) throw error;
      say(talk, `${error instanceof Error ? error.message : String(error)} Trying again ...`);
      await pause(wait, undefined, { signal });
    }
  }
};

const PASSING: readonly ErrorCode[] = ['idempotency_key_in_use', 'shutting_down', 'database_unavailable'];
/** A connection that was there and broke: the server may or may not have taken the file, and the key tells. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']);

const mayPass = (error: unknown): boolean => {
  if (!(error instanceof AppError)) return false;
  if (error.code !== 'server_unreachable') return PASSING.includes(error.code);
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (BROKEN.has(systemCode(cause) ?? '')) return true;
  }
  return false;
};
