/**
 * A service in a process of its own, on the folder it is given, that says where it listens. With `die` it kills itself at
 * the moment it would send the first byte of an answer: everything stands, and nobody was told. Started by tests, never
 * imported.
 */
import { join } from 'node:path';
import { createEngine } from '../../src/app.ts';
import { createLogger } from '../../src/core/log.ts';
import { resolveAddress } from '../../src/http/listen-address.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { servedLinks } from '../../src/work/output-links.ts';

const [folder = '', mode = 'live'] = process.argv.slice(2);
const log = createLogger('silent');
const address = await resolveAddress({ host: '127.0.0.1', port: 0, publicUrl: null });
const engine = await createEngine({
  dataDir: join(folder, 'data'),
  store: { kind: 'disk', roots: { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') } },
  links: servedLinks(address.publicUrl),
  presses: 1,
  allowHosts: '',
  log,
});
const server = await createHttpServer({ engine, address, apiKeys: [], log, limits: { minFreeBytes: 0 } });
if (mode === 'die') {
  server.app.server.prependListener('request', (_request, response) => {
    response.writeHead = () => {
      process.kill(process.pid, 'SIGKILL');
      throw new Error('dead by now');
    };
  });
}
await server.start();
process.send?.(server.url);
