import { formatFileId } from '../core/file-id.ts';

/** Where a compressed image can be found. */
export interface StoredImage {
  readonly requestId: string;
  /** Of the first image with this URL; its copies share the file. */
  readonly ordinal: number;
  /** Last part of the storage key. */
  readonly file: string;
}

/** Makes the address that goes into the output CSV. */
export type OutputUrl = (image: StoredImage) => string;

/** Images served by Halve itself. */
export const servedUrl =
  (publicUrl: string): OutputUrl =>
  ({ requestId, ordinal }) =>
    `${publicUrl}/image/${formatFileId({ requestId, ordinal })}`;

/** Images in a folder (or bucket) that somebody else serves, or that are opened from disk: `base` + storage key. */
export const storedUrl =
  (base: string): OutputUrl =>
  ({ requestId, file }) =>
    `${base}images/${requestId}/${file}`;
