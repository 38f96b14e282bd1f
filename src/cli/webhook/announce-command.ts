import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { formatCounted } from '../../core/format.ts';
import { signedHeaders } from '../../notify/sign.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, requestIdOperand } from '../parse-flags.ts';
import { type Connection, SERVER_FLAG, withServer } from '../remote/connection.ts';
import { say, TALK_FLAGS, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { type SecretsInUse, secretsInUse } from './secrets-in-use.ts';

const NAME = 'webhook announce';
const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS } as const;

/** `halve webhook announce REQUEST_ID`: has the end of a request told again, by webhook and e-mail. */
export const announceCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags(NAME, args, FLAGS);
  const requestId = requestIdOperand(NAME, positionals);
  const talk = talkOf(values, terminal);
  const used = await secretsInUse(terminal, { make: false });
  return withServer(values, terminal, async (connection) => {
    const answer = await announce(connection, requestId, used);
    const announced = answer.announced ?? 0;
    const words =
      announced === 0
        ? 'Nothing was sent: the request was submitted without --webhook-url and --email.'
        : `${formatCounted(announced, 'message')} on the way.`;
    writeResult(talk, `${words}\n`, answer);
    if (announced > 0) say(talk, `See what becomes of it with: ${connection.command(`status ${requestId}`)}`);
    return EXIT.done;
  });
};

const announce = async (connection: Connection, requestId: string, { secrets, source }: SecretsInUse) => {
  const { client } = connection;
  const body = JSON.stringify({ type: 'request.announce', request_id: requestId });
  // The same id for every try: however often it arrives, it is done once.
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  try {
    return await client.message({ ...signedHeaders({ id, timestamp: new Date(), body, secrets }) }, body);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_signature') throw error;
    const detail = `${connection.server} does not take what was signed with the secret from ${source}: ${error.message}`;
    throw new AppError('invalid_signature', { detail, cause: error });
  }
};
