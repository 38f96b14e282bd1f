import type { BlobStore } from './blob-store.ts';
import { DiskStore } from './disk-store.ts';

/** Which store to open, as plain data: it travels to the presses. */
export interface StoreConfig {
  readonly kind: 'disk';
  /** The absolute folder for each first part of a key: `images` and `csvfile`. */
  readonly roots: Readonly<Record<'images' | 'csvfile', string>>;
}

export const openStore = (config: StoreConfig): BlobStore => new DiskStore({ roots: config.roots });
