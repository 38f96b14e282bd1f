import type { ExitCode } from '../exit-codes.ts';
import { parseFlags, requestIdOperand } from '../parse-flags.ts';
import { TALK_FLAGS, talkOf, WATCH_FLAG, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { textStyle } from '../text-style.ts';
import { SERVER_FLAG, withServer } from './connection.ts';
import { exitCodeOf } from './request-summary.ts';
import { statusText } from './request-text.ts';
import { readReport } from './watch-remote.ts';
import { jsonOf, watchToEnd } from './watch-to-end.ts';

const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS, ...WATCH_FLAG } as const;

/** `halve status REQUEST_ID`: what has become of a request, on one screen. */
export const statusCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('status', args, FLAGS);
  const requestId = requestIdOperand('status', positionals);
  const talk = talkOf(values, terminal);
  return withServer(values, terminal, async (connection) => {
    if (values.watch === true) return watchToEnd(connection, requestId, talk, statusText);
    const report = await readReport(connection, requestId);
    const style = textStyle(terminal.stdout, terminal.environment);
    writeResult(talk, statusText(report, style, connection, Date.now()), jsonOf(report));
    return exitCodeOf(report.summary);
  });
};
