/** Run as a child by disk-store.test.ts: writes files into a store until it is killed, reporting each. */
import { join } from 'node:path';
import { DiskStore } from '../../src/store/disk-store.ts';

const folder = process.argv[2] ?? '';
const store = new DiskStore({ roots: { images: join(folder, 'out', 'images') } });
for (let i = 0; ; i++) {
  const key = `images/r1/${i % 20}.jpg`;
  await store.put(key, Buffer.alloc(300_000, i % 256), { contentType: 'image/jpeg' });
  process.send?.(i);
}
