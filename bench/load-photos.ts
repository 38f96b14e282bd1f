import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encoded, picture } from '../test/helpers/pictures.ts';

export interface Photo {
  readonly name: string;
  readonly bytes: Buffer;
}

const CORPUS = fileURLToPath(new URL('../../shared/corpus/photos', import.meta.url));

/** The JPEGs (or other files) of a folder; of the shared corpus without one; made here where that is absent. */
export const loadPhotos = async (folder?: string, named = /\.jpe?g$/i): Promise<Photo[]> => {
  const from = folder || (existsSync(CORPUS) ? CORPUS : null);
  if (from === null) return makePhotos();
  const names = (await readdir(from)).filter((name) => named.test(name)).toSorted();
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(from, name)) })));
};

const makePhotos = (): Promise<Photo[]> =>
  Promise.all(
    Array.from({ length: 24 }, async (_, seed) => ({
      name: `made-${seed}.jpg`,
      bytes: await encoded(picture({ width: 1_600, height: 1_200, seed, kind: 'photo' }), 'jpeg', { quality: 90 }),
    })),
  );
