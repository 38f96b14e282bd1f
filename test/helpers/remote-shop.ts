/** A shop with pictures, a Halve that works for it, and what the commands need to talk to that Halve. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { HEADER } from './catalogues.ts';
import { type Handler, type Origin, startOrigin } from './origin-server.ts';
import { encoded, picture } from './pictures.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './start-server.ts';
import { freshFolder } from './temp-folder.ts';

export interface RemoteShop {
  /** Serves a picture under `/p/*`, 404 elsewhere. */
  readonly origin: Origin;
  readonly server: TestServer;
  /** Where the user is. */
  readonly folder: string;
  /** Names the server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes `spring.csv` with a product for each path of the shop, and answers where. */
  readonly csv: (...paths: readonly string[]) => Promise<string>;
}

const image = await encoded(picture({ width: 64, height: 48 }), 'jpeg', { quality: 95 });

const serveImage: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.byteLength }).end(image);
};

/** @param options `working: false`: requests stay as they are */
export const openRemoteShop = async (t: TestContext, options: TestServerOptions = {}): Promise<RemoteShop> => {
  const folder = await freshFolder(t);
  const origin = await startOrigin(t);
  origin.route('/p/*', serveImage);
  const engine = { presses: 1, ...options.engine };
  const server = await startTestServer(t, { allow: origin.host, working: true, ...options, engine });
  return {
    origin,
    server,
    folder,
    environment: { HALVE_URL: server.url, HALVE_DATA_DIR: join(folder, 'nothing-here') },
    csv: async (...paths) => {
      const rows = paths.map((path, i) => `SKU-${i + 1},Shoe ${i + 1},${origin.url}${path}\n`);
      const file = join(folder, 'spring.csv');
      await writeFile(file, `${HEADER}\n${rows.join('')}`);
      return file;
    },
  };
};
