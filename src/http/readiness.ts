import { toAppError } from '../core/errors.ts';
import { checkDatabase } from '../db/check-database.ts';
import type { HttpEngine } from './app-types.ts';
import { requireFreeSpace } from './free-space.ts';

/** What was found, by check: `ok`, or a sentence. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<'database' | 'storage' | 'disk', string>>;
}

/** Anybody may ask, and a probe writes a file (in a bucket, four calls that cost); so answers are kept this long. */
const KEEP_MS = 5_000;

/** Makes the readiness check: can the service do its work, and if not, why. Calls in quick succession share a probe. */
export const createReadinessCheck = (engine: HttpEngine, minFreeBytes: number): (() => Promise<Readiness>) => {
  let last: { readonly at: number; readonly result: Promise<Readiness> } | null = null;
  return () => {
    const now = performance.now();
    if (last === null || now - last.at > KEEP_MS) last = { at: now, result: probe(engine, minFreeBytes) };
    return last.result;
  };
};

const probe = async ({ database, store, spoolDir }: HttpEngine, minFreeBytes: number): Promise<Readiness> => {
  const checks = {
    database: await verdict(() => checkDatabase(database)),
    storage: await verdict(() => store.check()),
    disk: await verdict(() => requireFreeSpace(spoolDir, minFreeBytes)),
  };
  return { ready: Object.values(checks).every((found) => found === 'ok'), checks };
};

const verdict = async (check: () => Promise<void>): Promise<string> => {
  try {
    await check();
    return 'ok';
  } catch (error) {
    return toAppError(error, 'internal_error').message;
  }
};
