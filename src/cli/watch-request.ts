import type { Engine } from '../app.ts';
import { getRequest } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { ProgressBar } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

/** How often the line is drawn anew, so that the time left goes on while a slow server is waited for. */
const REDRAW_MS = 250;

/**
 * Sets the engine to work and shows the progress of one request until it is finished.
 * Null: the user interrupted; the engine still runs and must be stopped.
 */
export const watchRequest = async (
  engine: Engine,
  request: RequestRow,
  { terminal, quiet }: { readonly terminal: Terminal; readonly quiet: boolean },
): Promise<RequestRow | null> => {
  const bar = quiet ? null : new ProgressBar(terminal.stderr, terminal.environment);
  let latest = request;
  const draw = (): void => bar?.update(snapshotOf(latest, engine.supervisor.rates.rate(latest.rid)));
  const redraw = setInterval(draw, REDRAW_MS);
  const stopListening: (() => void)[] = [];
  const ended = new Promise<RequestRow | null>((resolve) => {
    const onChange = (changed: RequestRow): void => {
      if (changed.rid !== request.rid) return;
      latest = changed;
      if (changed.finished_at !== null) resolve(changed);
    };
    engine.events.on('change', onChange);
    stopListening.push(() => engine.events.off('change', onChange));
    stopListening.push(terminal.onInterrupt(() => resolve(null)));
  });
  try {
    await engine.start();
    latest = (await getRequest(engine.database.read, request.rid)) ?? request;
    if (latest.finished_at !== null) return latest;
    draw();
    return await ended;
  } finally {
    clearInterval(redraw);
    for (const stop of stopListening) stop();
    draw();
    bar?.end();
  }
};

const snapshotOf = (request: RequestRow, rate: number | null) => {
  const left = request.total_images - request.done - request.failed;
  return {
    total: request.total_images,
    done: request.done,
    failed: request.failed,
    bytesIn: request.bytes_in,
    bytesOut: request.bytes_out,
    imagesPerSecond: rate,
    etaSeconds: rate === null || rate === 0 ? null : left / rate,
  };
};
