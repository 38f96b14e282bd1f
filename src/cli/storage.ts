/** Where a service keeps its files, and the links that follow from it. */
import { join } from 'node:path';
import { storageEnvironment, systemEnvironment } from '../config/environment.ts';
import type { Settings } from '../config/settings.ts';
import type { StoreConfig } from '../store/open-store.ts';
import { createLinkSigner } from '../store/sign-link.ts';
import { bucketLinks, type OutputLinks, servedLinks } from '../work/output-links.ts';

/** The bucket of HALVE_STORAGE_URL, or folders in the data folder (an absolute path). */
export const storeOf = ({ storageUrl }: Pick<Settings, 'storageUrl'>, dataDir: string): StoreConfig =>
  storageUrl === null
    ? { kind: 'disk', roots: { images: join(dataDir, 'images'), csvfile: join(dataDir, 'csvfile') } }
    : { kind: 's3', location: storageUrl };

/** Links to what the store of these settings holds, for a service others reach at `publicUrl`. */
export const linksOf = ({ storageUrl }: Pick<Settings, 'storageUrl'>, publicUrl: string): OutputLinks => {
  const served = servedLinks(publicUrl);
  if (storageUrl === null) return served;
  const { presignSeconds } = storageUrl;
  return bucketLinks(storageUrl, {
    served,
    sign: presignSeconds === null ? null : createLinkSigner(storageUrl, presignSeconds),
  });
};

/** What of this process's environment the presses need for that store; nothing for a disk. */
export const pressEnvironmentOf = ({ storageUrl }: Pick<Settings, 'storageUrl'>): Readonly<Record<string, string>> =>
  storageUrl === null ? {} : storageEnvironment(systemEnvironment);
