import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createEngine, type Engine, type EngineOptions } from '../../src/app.ts';
import { createLogger } from '../../src/core/log.ts';
import { parseOptions } from '../../src/core/options.ts';
import { getRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { DEFAULT_DOWNLOAD_LIMITS } from '../../src/fetch/download.ts';
import { storedLinks } from '../../src/work/output-links.ts';
import { freshFolder } from './temp-folder.ts';

/** An engine in a folder of its own, with the words a test speaks. */
export interface TestEngine {
  readonly engine: Engine;
  readonly folder: string;
  /** Submits CSV text. */
  readonly submit: (csv: string, options?: Record<string, string>) => Promise<RequestRow>;
  /** Resolves with the request once its result files stand. */
  readonly finished: (request: RequestRow) => Promise<RequestRow>;
  readonly resultFile: (request: RequestRow, kind: 'output' | 'errors' | 'report') => Promise<string>;
}

export interface TestEngineOptions extends Partial<EngineOptions> {
  readonly allow: string;
  /** Use this folder instead of a fresh one, as after a restart. */
  readonly folder?: string;
}

/** Tries follow each other at once: a test of what happens need not wait for when. */
const noWaiting = (): number => 0;

export const openTestEngine = async (t: TestContext, options: TestEngineOptions): Promise<TestEngine> => {
  const folder = options.folder ?? (await freshFolder(t));
  const engine = await createEngine({
    dataDir: join(folder, 'data'),
    store: { kind: 'disk', roots: { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') } },
    links: storedLinks('https://img.example/'),
    presses: 2,
    allowHosts: options.allow,
    log: createLogger('silent'),
    backoff: noWaiting,
    downloadLimits: { ...DEFAULT_DOWNLOAD_LIMITS, headersTimeoutMs: 400, totalTimeoutMs: 5_000 },
    ...options,
  });
  t.after(() => engine.stop());
  return {
    engine,
    folder,
    submit: async (csv, texts = {}) => {
      const path = join(engine.spoolDir, randomUUID());
      await writeFile(path, csv);
      return engine.requests.submit({
        path,
        bytes: Buffer.byteLength(csv),
        fileName: 'shoes.csv',
        fingerprint: randomUUID(),
        options: parseOptions(texts),
      });
    },
    finished: (request) => whenFinished(engine, request),
    resultFile: (request, kind) => readFile(join(folder, 'csvfile', `${request.id}_${kind}.csv`), 'utf8'),
  };
};

/** Like {@link openTestEngine}, and sets it to work. */
export const startTestEngine = async (t: TestContext, options: TestEngineOptions): Promise<TestEngine> => {
  const opened = await openTestEngine(t, options);
  await opened.engine.start();
  return opened;
};

const whenFinished = (engine: Engine, request: RequestRow): Promise<RequestRow> =>
  new Promise((resolve, reject) => {
    const look = (changed: RequestRow): void => {
      if (changed.rid !== request.rid || changed.finished_at === null) return;
      engine.events.off('change', look);
      resolve(changed);
    };
    engine.events.on('change', look);
    getRequest(engine.database.read, request.rid).then((row) => row && look(row), reject);
  });
