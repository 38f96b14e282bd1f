/**
 * A whole Halve in a process of its own, to be killed: opens the folder it is given, submits the CSV there unless that
 * happened before, works until the request is finished and then says so. Started by tests, never imported.
 */
import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../../src/app.ts';
import { createLogger } from '../../src/core/log.ts';
import { DEFAULT_OPTIONS } from '../../src/core/options.ts';
import { findByFingerprint, getRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { storedLinks } from '../../src/work/output-links.ts';

const [folder = '', csv = '', allowHosts = ''] = process.argv.slice(2);

const engine = await createEngine({
  dataDir: join(folder, 'data'),
  store: { kind: 'disk', roots: { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') } },
  links: storedLinks(''),
  presses: 2,
  allowHosts,
  log: createLogger('silent'),
  backoff: () => 0,
});

const findOrSubmit = async (): Promise<RequestRow> => {
  const known = await findByFingerprint(engine.database.read, 'the-one');
  if (known !== undefined) return known;
  const path = join(engine.spoolDir, randomUUID());
  await copyFile(csv, path);
  return engine.requests.submit({
    path,
    bytes: 0,
    fileName: 'shoes.csv',
    fingerprint: 'the-one',
    options: DEFAULT_OPTIONS,
  });
};

const request = await findOrSubmit();
const end = async (row: RequestRow | undefined): Promise<void> => {
  if (row?.rid !== request.rid || row.finished_at === null) return;
  await engine.stop();
  process.send?.('finished');
  process.disconnect();
};
engine.events.on('change', (row) => void end(row));
await engine.start();
await end(await getRequest(engine.database.read, request.rid));
