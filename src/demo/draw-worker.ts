/** A thread of make-demo-catalogue.ts: takes the number of a product, gives back its picture files. */
import { parentPort } from 'node:worker_threads';
import { DEMO_PRODUCTS } from './demo-products.ts';
import { drawPictures } from './draw-pictures.ts';

parentPort?.on('message', async (index: number) => {
  const product = DEMO_PRODUCTS[index];
  if (product === undefined) throw new RangeError(`no product number ${index}`);
  const files = await drawPictures(product);
  parentPort?.postMessage(
    { index, files },
    files.map(({ bytes }) => bytes.buffer),
  );
});
