import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../app.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { createLogger } from '../core/log.ts';
import { isFinished } from '../core/states.ts';
import { findByFingerprint, listRequests } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { Submission } from '../intake/submit-request.ts';
import { storedLinks } from '../work/output-links.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exportResults } from './export-results.ts';
import { parseRun, type RunPlan } from './parse-run.ts';
import { reportResult } from './report-result.ts';
import { checkReadable, spoolFile } from './spool-file.ts';
import type { Terminal } from './terminal.ts';
import { watchRequest } from './watch-request.ts';

/** `halve run FILE.csv`: the whole job here and now, without a server. */
export const runCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const plan = parseRun(args);
  const settings = loadSettings(terminal.environment);
  await checkReadable(plan.file);
  if (settings.storageUrl !== null) {
    terminal.stderr.write('HALVE_STORAGE_URL is for "halve serve"; a run writes to its own folder.\n');
  }
  const engine = await openEngine(plan, settings);
  try {
    const spool = { folder: engine.spoolDir, maxBytes: engine.limits.maxBytes };
    const submission = await spoolFile(plan, spool, terminal.stdin);
    const request = await findOrSubmit(engine, submission, terminal);
    await cancelOthers(engine, request);
    const end = await watchRequest(engine, request, { terminal, quiet: plan.quiet });
    if (end === null) {
      terminal.stderr.write('Stopped. The same command again goes on where this one stopped.\n');
      return EXIT.interrupted;
    }
    const files = await exportResults(end, plan, csvFolder(plan));
    await reportResult({ database: engine.database, request: end, files, json: plan.json, terminal });
    return exitCodeOf(end);
  } finally {
    await engine.stop();
  }
};

const stateFolder = (plan: RunPlan): string => join(plan.out, '.halve');
const csvFolder = (plan: RunPlan): string => join(stateFolder(plan), 'csvfile');

const openEngine = (plan: RunPlan, settings: Settings): Promise<Engine> =>
  createEngine({
    dataDir: stateFolder(plan),
    store: { kind: 'disk', roots: { images: join(plan.out, 'images'), csvfile: csvFolder(plan) } },
    // Without an address where the folder is published, links relative to the output CSV work on this machine.
    links: storedLinks(settings.publicUrl === null ? '' : `${settings.publicUrl}/`),
    presses: settings.workers ?? availableParallelism(),
    allowHosts: settings.allowHosts,
    log: createLogger(terminalLevel(settings)),
  });

/** A run talks to a person: what is worth a line in a service's log would only break the progress bar. */
const terminalLevel = ({ logLevel }: Settings): Settings['logLevel'] => (logLevel === 'info' ? 'error' : logLevel);

/** The same file with the same options in the same folder is the same run: it goes on, or tries its failures again. */
const findOrSubmit = async (engine: Engine, submission: Submission, terminal: Terminal): Promise<RequestRow> => {
  const known = await findByFingerprint(engine.database.read, submission.fingerprint);
  if (known === undefined) return engine.requests.submit(submission);
  await rm(submission.path, { force: true });
  const settled = known.done + known.failed;
  if (known.finished_at === null) {
    terminal.stderr.write(`Going on where the last run stopped: ${settled} of ${known.total_images} images settled.\n`);
    return known;
  }
  if (known.failed === 0) return known;
  terminal.stderr.write(`${known.done} images were done before; trying the ${known.failed} others again.\n`);
  return engine.requests.process(known.id);
};

/** A run that was stopped and is not the one asked for now must not go on beside it. */
const cancelOthers = async (engine: Engine, request: RequestRow): Promise<void> => {
  const query = { limit: 100, before: null, search: null };
  for (const status of ['PENDING', 'PROCESSING'] as const) {
    for (const other of await listRequests(engine.database.read, { ...query, status })) {
      if (other.rid !== request.rid && !isFinished(other.status)) await engine.requests.cancel(other.id);
    }
  }
};

const exitCodeOf = (request: RequestRow): ExitCode => {
  if (request.status === 'FAILED' && request.done === 0) return EXIT.nothingSucceeded;
  return request.failed > 0 || request.faulty_rows > 0 ? EXIT.someFailed : EXIT.done;
};
