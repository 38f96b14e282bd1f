/** One worker of the crew: has all photos in memory, does with one after the other what it is told, on one thread. */
import sharp from 'sharp';
import { loadPhotos } from '../load-photos.ts';
import type { Order, Reply } from './crew.ts';
import { TASKS } from './tasks.ts';

sharp.cache(false);
sharp.concurrency(1);
const photos = await loadPhotos(process.argv[2]);
const send = (reply: Reply): void => {
  process.send?.(reply);
};

const carryOut = async ({ task, photo }: Order): Promise<void> => {
  const source = photos[photo]?.bytes;
  if (source === undefined) throw new RangeError(`there is no photo ${photo}`);
  const { bytes, end } = await TASKS[task](source);
  send({ photo, bytes: bytes.length, end });
};

let last: Promise<void> = Promise.resolve();
process.on('message', (order: Order) => {
  last = last.then(() => carryOut(order));
});
process.on('disconnect', () => process.exit(0));
send('ready');
