import type { S3Location } from './storage-url.ts';

/** Makes an address under which anybody can read the object of a storage key, for `presignSeconds` from now. */
export type SignLink = (key: string) => Promise<string>;

/**
 * Links signed with our credentials (AWS: Signature Version 4, query parameters). The server is not asked. A link ends
 * sooner when the credentials are temporary and end sooner.
 */
export const createLinkSigner = (location: S3Location, seconds: number): SignLink => {
  const ready = lazily(async () => {
    const [{ GetObjectCommand }, { getSignedUrl }, { createS3Client }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-request-presigner'),
      import('./s3-client.ts'),
    ]);
    const client = createS3Client(location);
    return (key: string): Promise<string> => {
      const command = new GetObjectCommand({ Bucket: location.bucket, Key: location.prefix + key });
      return getSignedUrl(client, command, { expiresIn: seconds });
    };
  });
  return async (key) => (await ready())(key);
};

/** The SDK takes a tenth of a second to load; only those who use S3 wait for it, and once. */
const lazily = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
