import type { BlobStore } from './blob-store.ts';
import { DiskStore } from './disk-store.ts';
import type { S3Location } from './storage-url.ts';

/** Which store to open, as plain data: it travels to the presses. */
export type StoreConfig =
  | {
      readonly kind: 'disk';
      /** The absolute folder for each first part of a key: `images` and `csvfile`. */
      readonly roots: Readonly<Record<'images' | 'csvfile', string>>;
    }
  | { readonly kind: 's3'; readonly location: S3Location };

/** Asks nothing of the store yet; {@link BlobStore.check} does. */
export const openStore = async (config: StoreConfig): Promise<BlobStore> => {
  if (config.kind === 'disk') return new DiskStore({ roots: config.roots });
  // The SDK takes a tenth of a second to load; only those who use S3 wait for it.
  const { S3Store } = await import('./s3-store.ts');
  return new S3Store(config.location);
};
