/** Runs as a worker thread: validates the file in `workerData` and posts the code of what was found. */
import { parentPort, workerData } from 'node:worker_threads';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { validateCatalogue } from '../../src/catalogue/validate-catalogue.ts';
import { AppError } from '../../src/core/errors.ts';

const code = await validateCatalogue(String(workerData), { ...DEFAULT_LIMITS, maxRows: 300_000 }).then(
  (summary) => summary.faults[0]?.code ?? `${summary.totalProducts} products`,
  (error: unknown) => (error instanceof AppError ? error.code : String(error)),
);
parentPort?.postMessage(code);
