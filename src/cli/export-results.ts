import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestRow } from '../db/schema.ts';
import type { RunPlan } from './parse-run.ts';

/** Where the results of a run are. */
export interface ExportedFiles {
  readonly outputCsv: string;
  /** Null when nothing failed. */
  readonly errorsCsv: string | null;
  readonly reportCsv: string;
  readonly images: string;
}

/** Puts the result files where the user looks for them, named after the input, each replaced in one step. */
export const exportResults = async (request: RequestRow, plan: RunPlan, csvFolder: string): Promise<ExportedFiles> => {
  await mkdir(plan.out, { recursive: true });
  const publish = async (kind: string): Promise<string> => {
    const target = join(plan.out, `${plan.name}_${kind}.csv`);
    const temporary = `${target}.tmp`;
    await copyFile(join(csvFolder, `${request.id}_${kind}.csv`), temporary);
    await rename(temporary, target);
    return target;
  };
  const hasErrors = request.failed > 0 || request.faulty_rows > 0;
  // An errors file of an earlier run would be taken for this one's.
  if (!hasErrors) await rm(join(plan.out, `${plan.name}_errors.csv`), { force: true });
  return {
    outputCsv: await publish('output'),
    errorsCsv: hasErrors ? await publish('errors') : null,
    reportCsv: await publish('report'),
    images: join(plan.out, 'images', request.id),
  };
};
