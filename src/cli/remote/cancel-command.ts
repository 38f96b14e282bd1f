import { formatCount, formatCounted } from '../../core/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, requestIdOperand } from '../parse-flags.ts';
import { say, TALK_FLAGS, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { SERVER_FLAG, withServer } from './connection.ts';

const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS } as const;

/** `halve cancel REQUEST_ID`: stops a request; what is done is kept. */
export const cancelCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('cancel', args, FLAGS);
  const requestId = requestIdOperand('cancel', positionals);
  const talk = talkOf(values, terminal);
  return withServer(values, terminal, async (connection) => {
    const accepted = await connection.client.cancel(requestId);
    const { progress } = await connection.client.status(requestId, { limit: 1 });
    const done = `${formatCount(progress.done)} of ${formatCounted(progress.total, 'image')} done`;
    writeResult(talk, `Cancelled, with ${done}; these are kept.\n`, accepted);
    say(talk, `Take it up again with: ${connection.command(`retry ${requestId}`)}`);
    return EXIT.done;
  });
};
