/** The OpenAPI document of a service at its default address, as it answers it itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../src/app.ts';
import { createLogger } from '../src/core/log.ts';
import { EXAMPLE_URL } from '../src/http/example-ids.ts';
import { createHttpServer } from '../src/http/server.ts';
import { servedLinks } from '../src/work/output-links.ts';

/** Builds a whole service that never listens, so that nothing in the document is made up for the occasion. */
export const openapiDocument = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'halve-docs-'));
  const log = createLogger('silent');
  const engine = await createEngine({
    dataDir: folder,
    store: { kind: 'disk', roots: { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') } },
    links: servedLinks(EXAMPLE_URL),
    presses: 1,
    allowHosts: '',
    log,
  });
  try {
    const address = { host: '127.0.0.1', port: 3000, publicUrl: EXAMPLE_URL };
    const server = await createHttpServer({ engine, address, apiKeys: [], log });
    const answer = await server.app.inject('/openapi.json');
    await server.stop();
    if (answer.statusCode !== 200) throw new Error(`/openapi.json answered ${answer.statusCode}: ${answer.body}`);
    return `${JSON.stringify(JSON.parse(answer.body), null, 2)}\n`;
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
