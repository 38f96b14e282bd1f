import { DeleteObjectCommand, DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { AppError } from '../core/errors.ts';
import type { S3Access } from './s3-client.ts';
import { onS3, statusOf, translateS3Error } from './s3-errors.ts';

/** Single deletions under way at once, where a server takes no lists. */
const SINGLES_AT_ONCE = 16;

/** Removes one object; one that is not there is no error. */
export const removeObject = async ({ client, location }: S3Access, key: string): Promise<void> => {
  await onS3('DeleteObject', location, () =>
    client.send(new DeleteObjectCommand({ Bucket: location.bucket, Key: key })),
  );
};

/** Removes every object whose key starts with `prefix`, in lists as long as S3's pages: 1,000. */
export const removePrefix = async (access: S3Access, prefix: string): Promise<void> => {
  const { client, location } = access;
  const pages = paginateListObjectsV2({ client }, { Bucket: location.bucket, Prefix: prefix })[Symbol.asyncIterator]();
  for (;;) {
    const page = await onS3('ListBucket', location, () => pages.next());
    if (page.done === true) return;
    const keys = (page.value.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    if (keys.length > 0) await removeMany(access, keys);
  }
};

const removeMany = async (access: S3Access, keys: readonly string[]): Promise<void> => {
  const { client, location } = access;
  const command = new DeleteObjectsCommand({
    Bucket: location.bucket,
    Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
  });
  let failed: string | undefined;
  try {
    const { Errors = [] } = await client.send(command);
    if (Errors.length === 0) return;
    failed = Errors[0]?.Code;
  } catch (thrown) {
    // Old servers want a Content-MD5 here, which the SDK no longer sends; Google's had no such call at all.
    const isKnown = [400, 405, 411, 501].includes(statusOf(thrown) ?? 0);
    if (!isKnown) throw translateS3Error(thrown, 'DeleteObject', location);
    return removeSingly(access, keys);
  }
  if (failed === 'AccessDenied') {
    throw new AppError('storage_failed', {
      detail: 'The bucket refuses s3:DeleteObject to these credentials.',
      group: 'refused',
    });
  }
  // Whatever it was with some of them, a single call tells it properly, or succeeds.
  await removeSingly(access, keys);
};

const removeSingly = async (access: S3Access, keys: readonly string[]): Promise<void> => {
  for (let i = 0; i < keys.length; i += SINGLES_AT_ONCE) {
    await Promise.all(keys.slice(i, i + SINGLES_AT_ONCE).map((key) => removeObject(access, key)));
  }
};
