import { formatCount, formatCounted } from '../../core/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, requestIdOperand } from '../parse-flags.ts';
import { say, TALK_FLAGS, talkOf, WATCH_FLAG, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { SERVER_FLAG, withServer } from './connection.ts';
import { watchToEnd } from './watch-to-end.ts';

const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS, ...WATCH_FLAG } as const;

/** `halve retry REQUEST_ID`: starts a request that waits to be started, or runs its failed images again. */
export const retryCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('retry', args, FLAGS);
  const requestId = requestIdOperand('retry', positionals);
  const talk = talkOf(values, terminal);
  return withServer(values, terminal, async (connection) => {
    const before = await connection.client.status(requestId, { limit: 1 });
    const accepted = await connection.client.process(requestId);
    const open = before.progress.total - before.progress.done;
    const begun =
      before.finished_at === null
        ? `Started: ${formatCounted(open, 'image')}.`
        : `Trying ${formatCounted(open, 'image')} again; done before: ${formatCount(before.progress.done)}.`;
    if (values.watch === true) {
      say(talk, begun);
      return watchToEnd(connection, requestId, talk);
    }
    writeResult(talk, `${begun}\n`, accepted);
    say(talk, `Watch it with: ${connection.command(`status ${requestId} --watch`)}`);
    return EXIT.done;
  });
};
