import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageFacts, inspectImage } from '../../src/compress/inspect-image.ts';
import type { ImageFormat } from '../../src/core/options.ts';
import { loadPhotos, type Photo } from '../load-photos.ts';
import { hashOf } from './disk-cache.ts';

/** A picture as received, with a copy on disk for programs that want a file. */
export interface Sample extends Photo {
  readonly path: string;
  readonly hash: string;
  readonly format: ImageFormat;
  readonly facts: ImageFacts;
}

const EXTENSIONS = /\.(jpe?g|png|webp|avif|gif)$/i;

/** At most `limit` of a list, spread evenly over it. */
export const spread = <T>(list: readonly T[], limit: number): T[] =>
  list.filter((_, i) => Math.floor((i * limit) / list.length) !== Math.floor(((i - 1) * limit) / list.length));

/** The pictures of a folder that Halve takes. Call `remove` when done: it removes the copies. */
export const loadSamples = async (folder: string | undefined, limit: number) => {
  const copies = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  const samples: Sample[] = [];
  for (const { name, bytes } of spread(await loadPhotos(folder, EXTENSIONS), limit)) {
    const facts = await inspectImage(bytes).catch(() => null);
    if (facts === null) continue;
    const path = join(copies, name);
    await writeFile(path, bytes);
    samples.push({ name, bytes, path, hash: hashOf(bytes), format: facts.format, facts });
  }
  return { samples, remove: () => rm(copies, { recursive: true, force: true }) };
};
