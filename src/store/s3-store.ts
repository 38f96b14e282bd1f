/** Stores files as objects of an S3 bucket. */
import { randomBytes } from 'node:crypto';
import { ListObjectsV2Command, type ObjectCannedACL } from '@aws-sdk/client-s3';
import { create as contentDisposition } from 'content-disposition';
import { AppError } from '../core/errors.ts';
import type { BlobStore, PutOptions, StoredBlob } from './blob-store.ts';
import { isSafeKey } from './keys.ts';
import { createS3Client, DEFAULT_S3_LIMITS, type S3Access } from './s3-client.ts';
import { onS3 } from './s3-errors.ts';
import { S3Object } from './s3-object.ts';
import { removeObject, removePrefix } from './s3-remove.ts';
import { type ObjectTarget, putObject, uploadStream } from './s3-upload.ts';
import type { S3Location } from './storage-url.ts';

/** First parts of the keys there are. */
const TOPS = ['images', 'csvfile'];

/**
 * S3 shows an object only when all its bytes are there and reads what was written last (AWS: "Amazon S3 data consistency
 * model"), so nothing has to be renamed or synced here.
 */
export class S3Store implements BlobStore {
  readonly #access: S3Access;

  constructor(location: S3Location, limits = DEFAULT_S3_LIMITS) {
    this.#access = { client: createS3Client(location, limits), location, limits };
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions): Promise<void> {
    await putObject(this.#access, this.#target(key, options), bytes);
  }

  async putStream(key: string, content: AsyncIterable<Uint8Array>, options: PutOptions): Promise<number> {
    return uploadStream(this.#access, this.#target(key, options), content);
  }

  async open(key: string): Promise<StoredBlob | null> {
    return S3Object.open(this.#access, this.#objectKey(key));
  }

  async remove(prefixOrKey: string): Promise<void> {
    if (!prefixOrKey.endsWith('/')) return removeObject(this.#access, this.#objectKey(prefixOrKey));
    const anyKey = this.#objectKey(`${prefixOrKey}all`);
    return removePrefix(this.#access, anyKey.slice(0, -'all'.length));
  }

  /** Uses every permission the store needs but that to abort uploads. */
  async check(): Promise<void> {
    const key = `images/check-${process.pid}-${randomBytes(4).toString('hex')}`;
    const probe = Buffer.from('halve');
    await this.put(key, probe, { contentType: 'text/plain' });
    try {
      const blob = await this.open(key);
      const chunks: Uint8Array[] = blob === null ? [] : await Array.fromAsync(blob.stream());
      const isListed = await this.#isListed(key);
      if (!Buffer.concat(chunks).equals(probe) || !isListed) {
        const detail = 'The bucket does not give back what was put into it.';
        throw new AppError('storage_failed', { detail, group: 'refused' });
      }
    } finally {
      await this.remove(key);
    }
  }

  /** A bucket may have other writers, and what a killed one left is invisible; see docs/storage.md for the clean-up rule. */
  async sweep(_writer?: number): Promise<void> {}

  async #isListed(key: string): Promise<boolean> {
    const { client, location } = this.#access;
    const Prefix = this.#objectKey(key);
    const command = new ListObjectsV2Command({ Bucket: location.bucket, Prefix, MaxKeys: 1 });
    const { Contents = [] } = await onS3('ListBucket', location, () => client.send(command));
    return Contents.some((object) => object.Key === Prefix);
  }

  #target(key: string, { contentType, downloadName }: PutOptions): ObjectTarget {
    const { bucket, acl } = this.#access.location;
    return {
      Bucket: bucket,
      Key: this.#objectKey(key),
      ContentType: contentType,
      // An image never changes under its key; a result file does when failures are tried again.
      CacheControl: key.startsWith('images/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(downloadName === undefined ? {} : { ContentDisposition: contentDisposition(downloadName) }),
      // The SDK's type lists AWS's own names; other servers may have more, and an unknown one is refused by the server.
      ...(acl === null ? {} : { ACL: acl as ObjectCannedACL }),
    };
  }

  #objectKey(key: string): string {
    if (!isSafeKey(key) || !TOPS.includes(key.slice(0, key.indexOf('/'))))
      throw new TypeError(`expected a key of this store, got ${JSON.stringify(key)}`);
    return this.#access.location.prefix + key;
  }
}
