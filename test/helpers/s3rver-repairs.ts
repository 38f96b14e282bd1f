/** What keeps s3rver from being the S3 our tests need. */
import crypto, { type CipherKey, createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3rverStore } from 's3rver';

/**
 * Gives s3rver's store what S3 promises and it does not: an object is seen whole or not at all, also when its sender goes
 * away in the middle, and a read gets one version of it.
 */
export const makeAtomic = (store: S3rverStore): void => {
  const inTurn = createTurns();
  const { getObject } = store;

  store.putObject = async ({ bucket, key, content, metadata }) => {
    const target = store.getResourcePath(bucket, key, 'object');
    const written = await writeAside(store.rootDirectory, content);
    await inTurn(async () => {
      await mkdir(dirname(target), { recursive: true });
      await rename(written.path, target);
      await store.putMetadata(bucket, key, metadata, written.md5);
    });
    return written;
  };
  store.putPart = async (bucket, uploadId, part, content) => {
    const target = join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, part);
    const written = await writeAside(store.rootDirectory, content);
    await rename(written.path, target);
    await writeFile(`${target}.md5`, written.md5);
    return written;
  };
  store.getObject = (...call) => inTurn(() => getObject.apply(store, call));
  // Its own looks through the whole folder each time.
  store.deleteObject = async (bucket, key) => {
    const files = ['object', 'object.md5', 'metadata.json'].map((file) => store.getResourcePath(bucket, key, file));
    await Promise.all(files.map((file) => unlink(file).catch(() => undefined)));
  };
};

/**
 * s3rver makes its continuation tokens with DES, which OpenSSL 3 no longer has. Triple DES with the same key three times
 * is DES.
 */
export const lendDes = (): void => {
  const { createCipheriv, createDecipheriv } = crypto;
  if (createCipheriv.name !== 'createCipheriv') return;
  const lent =
    (create: (algorithm: string, key: CipherKey, iv: Buffer) => unknown) =>
    (algorithm: string, key: Buffer, iv: Buffer): unknown =>
      algorithm === 'des' ? create('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : create(algorithm, key, iv);
  Object.assign(crypto, { createCipheriv: lent(createCipheriv), createDecipheriv: lent(createDecipheriv) });
};

/** Writes content beside the buckets; nothing stays of content that fails. */
const writeAside = async (folder: string, content: Buffer | Readable) => {
  const path = join(folder, `${randomUUID()}.part`);
  const md5 = createHash('md5');
  let size = 0;
  const chunks = Buffer.isBuffer(content) ? Readable.from([content]) : content;
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      md5.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(chunks, counted, createWriteStream(path));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, size, md5: md5.digest('hex') };
};

/** Runs one piece of work after the other. */
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
};
