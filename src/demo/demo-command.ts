import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../cli/exit-codes.ts';
import { startService } from '../cli/start-service.ts';
import type { Terminal } from '../cli/terminal.ts';
import { loadSettings } from '../config/load-settings.ts';
import { formatCount, formatElapsed } from '../core/format.ts';
import { createLogger } from '../core/log.ts';
import { demoCsv } from './demo-csv.ts';
import { startDemoOrigin } from './demo-origin.ts';
import { makeDemoCatalogue } from './make-demo-catalogue.ts';
import { showResult } from './show-result.ts';
import { uploadAndWatch } from './upload-and-watch.ts';

/** Made anew by every demo. */
const FOLDER = 'demo-out';
/** Where `npm start` serves by default. */
const LATER_URL = 'http://127.0.0.1:3000';

/**
 * `halve demo`: draws a shop's pictures, serves them from this machine, uploads the shop's CSV to a Halve on its
 * defaults, shows the progress and says where everything is.
 */
export const demoCommand = async (_args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const say = (line: string): void => {
    terminal.stderr.write(`${line}\n`);
  };
  const folder = resolve(FOLDER);
  await rm(folder, { recursive: true, force: true });
  say('Drawing the pictures of a small shop …');
  const started = performance.now();
  const files = await makeDemoCatalogue();
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes.length, 0);
  const drawn = `${formatCount(files.size)} pictures, ${Math.round(bytes / 1e6)} MB`;
  say(`  ${drawn}, in ${formatElapsed((performance.now() - started) / 1_000)}`);
  const origin = await startDemoOrigin(files);
  try {
    // Everything as it comes, except what a demo must not touch: a running service's port and data. The addresses in
    // the output CSV are those of a service started on this folder afterwards.
    const settings = loadSettings({
      PORT: '0',
      HALVE_PUBLIC_URL: LATER_URL,
      HALVE_DATA_DIR: folder,
      HALVE_ALLOW_HOSTS: origin.host,
      LOG_LEVEL: 'error',
    });
    const service = await startService(settings, createLogger(settings.logLevel));
    try {
      const csv = demoCsv(origin.url);
      await writeFile(join(folder, 'catalogue.csv'), csv);
      say(
        `  the shop's web server: ${origin.url}\n  Halve: ${service.url}\n  its catalogue: ${join(FOLDER, 'catalogue.csv')}`,
      );
      say('\nUploading the catalogue: POST /upload');
      const status = await uploadAndWatch(service.url, csv, terminal);
      showResult(status, { folder: FOLDER, terminal });
      return status.status === 'COMPLETED' ? EXIT.done : EXIT.nothingSucceeded;
    } finally {
      await service.stop();
    }
  } finally {
    await origin.close();
  }
};
