import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../src/app.ts';
import { createLogger } from '../src/core/log.ts';
import { parseOptions } from '../src/core/options.ts';
import type { RequestRow } from '../src/db/schema.ts';
import { storedLinks } from '../src/work/output-links.ts';

export interface BenchEngine extends Engine {
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/** A running engine in a folder of its own. */
export const openBenchEngine = async (options: { allowHosts: string; presses: number }): Promise<BenchEngine> => {
  const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  const engine = await createEngine({
    dataDir: join(folder, 'data'),
    store: { kind: 'disk', roots: { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') } },
    links: storedLinks(''),
    log: createLogger('warn'),
    ...options,
  });
  await engine.start();
  return Object.assign(engine, {
    close: async () => {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
};

/** Submits a CSV as an upload would be. */
export const submit = async (engine: Engine, csv: string, options: Record<string, string>): Promise<RequestRow> => {
  const path = join(engine.spoolDir, randomUUID());
  await writeFile(path, csv);
  const fingerprint = randomUUID();
  return engine.requests.submit({ path, bytes: 0, fileName: null, fingerprint, options: parseOptions(options) });
};

/** Submits a CSV and waits until its result files stand. @throws if an image failed */
export const runRequest = async (engine: Engine, csv: string, options: Record<string, string>): Promise<void> => {
  const finished = new Promise<RequestRow>((resolve) => {
    const look = (request: RequestRow): void => {
      if (request.finished_at === null) return;
      engine.events.off('change', look);
      resolve(request);
    };
    engine.events.on('change', look);
  });
  await submit(engine, csv, options);
  const { done, failed } = await finished;
  if (failed > 0) throw new Error(`${failed} of ${done + failed} images failed`);
};
