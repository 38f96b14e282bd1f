import { setTimeout as pause } from 'node:timers/promises';
import { readEvents } from '../../client/read-events.ts';
import { AppError } from '../../core/errors.ts';
import { ProgressBar } from '../progress-bar.ts';
import type { Terminal } from '../terminal.ts';
import type { Connection } from './connection.ts';
import { POLL_MS, patiently } from './patiently.ts';
import { progressOf, type RequestReport, type RequestSummary } from './request-summary.ts';

/** Streams that brought nothing, one after the other, before they are given up: a proxy may hold them back. */
const MAX_SILENT_STREAMS = 2;
/** Products with a failed image that are asked for; enough to name some for each reason. */
const FAILED_PRODUCTS = 50;

type Show = (summary: RequestSummary, note?: string) => void;

/** A request as it stands, with the first of its failed products. */
export const readReport = async ({ client }: Connection, requestId: string): Promise<RequestReport> => {
  const {
    products,
    next: _next,
    ...summary
  } = await client.status(requestId, {
    state: 'failed',
    limit: FAILED_PRODUCTS,
  });
  return { summary, failed: products };
};

/**
 * Shows the progress of a request on a server until it is finished. The server may go away for a while.
 * @throws AppError `cancelled` when the user interrupts, with the bar put away
 */
export const watchRemote = async (
  connection: Connection,
  requestId: string,
  { terminal, quiet }: { readonly terminal: Terminal; readonly quiet: boolean },
): Promise<RequestReport> => {
  const { client, signal } = connection;
  const bar = quiet ? null : new ProgressBar(terminal.stderr, terminal.environment);
  let latest: RequestSummary = await client.status(requestId, { limit: 1 });
  const show: Show = (summary, note) => {
    latest = summary;
    bar?.update(progressOf(summary, note));
  };
  const whenAway = (): void => show(latest, 'waiting for the server');
  try {
    show(latest);
    let silentStreams = 0;
    while (latest.finished_at === null) {
      if (silentStreams < MAX_SILENT_STREAMS) {
        silentStreams = (await followStream(connection, requestId, show)) ? 0 : silentStreams + 1;
        if (latest.finished_at !== null) break;
      }
      await pause(POLL_MS, undefined, { signal });
      show(await patiently(() => client.status(requestId, { limit: 1 }), signal, whenAway));
    }
  } finally {
    bar?.end();
  }
  return patiently(() => readReport(connection, requestId), signal, whenAway);
};

/** Shows what a stream brings until it ends, well or not. Did it bring anything? */
const followStream = async ({ client, signal }: Connection, requestId: string, show: Show): Promise<boolean> => {
  let brought = false;
  try {
    for await (const { data } of readEvents(await client.events(requestId))) {
      // Of the same server, and in the same form, as its answers.
      show(JSON.parse(data) as RequestSummary);
      brought = true;
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled', { cause: error });
    if (error instanceof AppError && !error.retryable) throw error;
  }
  return brought;
};
