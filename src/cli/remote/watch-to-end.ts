import { AppError } from '../../core/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Talk, writeResult } from '../talk.ts';
import { textStyle } from '../text-style.ts';
import type { Connection } from './connection.ts';
import { exitCodeOf, type RequestReport } from './request-summary.ts';
import { endText, type statusText } from './request-text.ts';
import { watchRemote } from './watch-remote.ts';

/** A request as one JSON object: the status without the rows, but for those with a failed image. */
export const jsonOf = ({ summary, failed }: RequestReport): object => ({ ...summary, failed_products: failed });

/** Shows the progress of a request and then its result. Ctrl-C leaves it running. */
export const watchToEnd = async (
  connection: Connection,
  requestId: string,
  talk: Talk,
  words: typeof statusText = endText,
): Promise<ExitCode> => {
  const { terminal } = talk;
  try {
    const report = await watchRemote(connection, requestId, talk);
    const style = textStyle(terminal.stdout, terminal.environment);
    writeResult(talk, words(report, style, connection, Date.now()), jsonOf(report));
    return exitCodeOf(report.summary);
  } catch (error) {
    const again = `Look again with: ${connection.command(`status ${requestId} --watch`)}`;
    if (connection.signal.aborted) {
      terminal.stderr.write(`The server goes on with the request. ${again}\n`);
      return EXIT.interrupted;
    }
    // It was there before, and so may still be at work.
    if (error instanceof AppError && error.retryable) terminal.stderr.write(`${again}\n`);
    throw error;
  }
};
