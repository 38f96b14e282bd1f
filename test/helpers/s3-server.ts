import { EventEmitter, once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { TestContext } from 'node:test';
import S3rver from 's3rver';
import type { S3Location } from '../../src/store/storage-url.ts';
import { lendDes, makeAtomic } from './s3rver-repairs.ts';
import { freshFolder } from './temp-folder.ts';

/** s3rver's one account. */
export const S3_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

export interface SeenS3Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface S3TestServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly location: S3Location;
  /** The location as HALVE_STORAGE_URL. */
  readonly storageUrl: string;
  /** What a child process needs to speak to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts small objects into its folder, without asking it. */
  readonly plant: (keys: readonly string[]) => Promise<void>;
  /** Resolves when the next request that is as wished has been answered, or given up. */
  readonly answered: (isWished: (request: SeenS3Request) => boolean) => Promise<void>;
  /** Every request so far; tests may empty it. */
  readonly requests: SeenS3Request[];
}

const BUCKET = 'halve-test';

/**
 * An S3 server (s3rver) on a free port of 127.0.0.1 with the empty bucket `halve-test`, and this process's AWS
 * credentials set to its. It checks no signatures and no checksums.
 */
export const startS3Server = async (t: Pick<TestContext, 'after'>): Promise<S3TestServer> => {
  const directory = await freshFolder(t);
  const s3 = new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: BUCKET }] });
  makeAtomic(s3.store);
  lendDes();
  await s3.configureBuckets();
  const answer = s3.callback();
  const requests: SeenS3Request[] = [];
  const answers = new EventEmitter<{ answer: [SeenS3Request] }>();
  const answered: S3TestServer['answered'] = (isWished) =>
    new Promise((resolve) => {
      const look = (request: SeenS3Request): void => {
        if (!isWished(request)) return;
        answers.off('answer', look);
        resolve();
      };
      answers.on('answer', look);
    });
  const server = createServer((request, response) => {
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
    requests.push(seen);
    response.once('close', () => answers.emit('answer', seen));
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const environment = { ...S3_CREDENTIALS, AWS_EC2_METADATA_DISABLED: 'true' };
  Object.assign(process.env, environment);
  // An address of TCP, as it listens on a port.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const storageUrl = `s3://${BUCKET}/?endpoint=${url}&path_style=1`;
  const plant = async (keys: readonly string[]): Promise<void> => {
    const paths = keys.map((key) => s3.store.getResourcePath(BUCKET, key, 'object'));
    for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
    await Promise.all(paths.map((path) => writeFile(path, 'planted')));
  };
  return { url, port, location: locationAt(url), storageUrl, environment, plant, answered, requests };
};

/** The bucket of {@link startS3Server} as seen at another address, or with other settings. */
export const locationAt = (endpoint: string, settings: Partial<S3Location> = {}): S3Location => ({
  bucket: BUCKET,
  prefix: '',
  endpoint,
  region: 'us-east-1',
  publicUrl: null,
  pathStyle: true,
  acl: null,
  presignSeconds: null,
  ...settings,
});
