/** The port to wherever files end up: `disk-store.ts`, which is the default, and `s3-store.ts`. */
import type { Readable } from 'node:stream';

/** A stored file, opened for reading. */
export interface StoredBlob {
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** Streams the bytes `start`–`end` (both inclusive), or all of them. */
  stream(range?: { readonly start: number; readonly end: number }): Readable;
  /** Must be called when `stream` is never called, to give back what `open` took. */
  close(): Promise<void>;
}

/** For stores that serve files themselves, and keep with each what goes into its headers. */
export interface PutOptions {
  /** MIME type the file is served with. */
  readonly contentType: string;
  /** Name it is saved under by those who download it; absent: the last part of its key. */
  readonly downloadName?: string;
}

/**
 * Why the place itself fails, as the `group` of `storage_failed`. All three concern every file, not just one:
 * - `full`: no space is left, or a quota is used up;
 * - `unavailable`: it cannot be reached, is overloaded or broken; this may pass by itself;
 * - `refused`: it says no (permissions, credentials, no such bucket, read-only); an operator must act.
 *
 * Failures without a group concern the one file.
 */
export type StorageFailureGroup = 'full' | 'unavailable' | 'refused';

/**
 * Keys are `/`-separated relative paths made by {@link ./keys.ts}; a store refuses any other (`..`, empty parts,
 * back slashes, control characters) with a `TypeError`, because such a key is a bug of ours and never user input.
 *
 * All methods reject with `AppError` `storage_failed`, retryable, its `group` a {@link StorageFailureGroup} or absent.
 */
export interface BlobStore {
  /** Writes the whole file or nothing: no reader ever sees a part. Overwrites; the same key twice is harmless. */
  put(key: string, bytes: Uint8Array, options: PutOptions): Promise<void>;
  /** Like {@link put} for content of unknown length; flat memory. Resolves with the number of bytes written. */
  putStream(key: string, content: AsyncIterable<Uint8Array>, options: PutOptions): Promise<number>;
  /** Opens a file, or answers null when there is none. */
  open(key: string): Promise<StoredBlob | null>;
  /** Removes every file whose key starts with `prefix` (which ends in `/`), or the one file with that key. */
  remove(prefixOrKey: string): Promise<void>;
  /** Writes, reads and removes a probe; rejects with what is wrong. For `halve doctor` and `/readyz`. */
  check(): Promise<void>;
  /**
   * Removes half-written files: those of the process `writer`, which is gone, or, without it, all; then nobody else may
   * be writing. Does nothing where half-written files cannot be told from those of other machines (S3).
   */
  sweep(writer?: number): Promise<void>;
}
