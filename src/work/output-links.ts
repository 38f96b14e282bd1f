/** Addresses of what Halve made: the images of the output CSV, and the result files themselves. */
import { formatFileId } from '../core/file-id.ts';
import { type CsvKind, csvKey, imageFolder } from '../store/keys.ts';
import { objectUrl } from '../store/object-url.ts';
import type { S3Location } from '../store/storage-url.ts';

/** Where a compressed image can be found. */
export interface StoredImage {
  readonly requestId: string;
  /** Of the first image with this URL; its copies share the file. */
  readonly ordinal: number;
  /** Last part of the storage key. */
  readonly file: string;
}

export interface OutputLinks {
  /** Address of a compressed image for the output CSV and the status; it holds as long as the image is kept. */
  image(image: StoredImage): string;
  /** Address of a result file; a promise because a presigned link has to be signed, each time anew. */
  csv(requestId: string, kind: CsvKind): Promise<string>;
  /** Address of the status of a request; nobody answers there when no service runs (`halve run`). */
  status(requestId: string): string;
  /** The same for people: the page of the request. */
  page(requestId: string): string;
}

/** Everything is served by Halve itself, under `publicUrl` (no slash at its end). */
export const servedLinks = (publicUrl: string): OutputLinks => ({
  image: ({ requestId, ordinal }) => `${publicUrl}/image/${formatFileId({ requestId, ordinal })}`,
  csv: async (requestId, kind) => `${publicUrl}/${csvKey(requestId, kind)}`,
  status: (requestId) => `${publicUrl}/status/${requestId}`,
  page: (requestId) => `${publicUrl}/requests/${requestId}`,
});

/** Files in a folder that somebody else serves, or that are opened from disk: `base` + storage key. */
export const storedLinks = (base: string): OutputLinks => ({
  image: ({ requestId, file }) => `${base}${imageFolder(requestId)}${file}`,
  csv: async (requestId, kind) => `${base}${csvKey(requestId, kind)}`,
  status: (requestId) => `${base}status/${requestId}`,
  page: (requestId) => `${base}requests/${requestId}`,
});

export interface BucketLinksOptions {
  /** For what the bucket does not answer itself. */
  readonly served: OutputLinks;
  /** Signs a link to the object of a storage key; null makes public links. */
  readonly sign: ((key: string) => Promise<string>) | null;
}

/**
 * Files in an S3 bucket: public addresses of the objects. With `sign` result files get signed links, and images are
 * served by Halve, because a signed link in a CSV would expire; unless `public_url` says where they can be read.
 */
export const bucketLinks = (location: S3Location, { served, sign }: BucketLinksOptions): OutputLinks => ({
  image: (image) =>
    sign !== null && location.publicUrl === null
      ? served.image(image)
      : objectUrl(location, imageFolder(image.requestId) + image.file),
  csv: async (requestId, kind) => {
    const key = csvKey(requestId, kind);
    if (sign === null) return objectUrl(location, key);
    // Without credentials at hand nothing can be signed now; Halve serves the file as well.
    return sign(key).catch(() => served.csv(requestId, kind));
  },
  status: served.status,
  page: served.page,
});
