import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImages } from '../../src/db/find-images.ts';
import { claimImages, insertProducts, markDuplicates, type NewProduct } from '../../src/db/images.ts';
import type { Database } from '../../src/db/open-database.ts';
import { resetFailed, type Settlement, settleImage } from '../../src/db/settle-images.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshRequest } from '../helpers/fresh-request.ts';

const FAILED: Settlement = {
  state: 'FAILED',
  outcome: 'failed',
  code: 'http_status',
  message: 'The server answered 404 Not Found.',
  file: null,
  output_url: null,
  sha256: null,
  format: null,
  width: null,
  height: null,
  bytes_in: null,
  bytes_out: null,
  quality: null,
  score: null,
  encodes: null,
  engine: null,
  tries: 1,
};

/** A request with `count` images, each of a product of its own; answers its number. */
const requestWith = async (
  database: Database,
  count: number,
  urlOf: (ordinal: number) => string,
  repeats: readonly { readonly ordinal: number; readonly first: number }[],
): Promise<number> => {
  const { rid } = await freshRequest(database, []);
  const products = Array.from(
    { length: count },
    (_, i): NewProduct => ({
      row: i + 1,
      line: i + 2,
      serialNumber: `S${i + 1}`,
      productName: 'Shoe',
      firstOrdinal: i + 1,
      urls: [urlOf(i + 1)],
    }),
  );
  await database.write.transaction().execute(async (trx) => {
    await insertProducts(trx, rid, products);
    assert.equal(await markDuplicates(trx, rid, repeats), repeats.length);
  });
  return rid;
};

test('an image is settled or found by its key, however large its request is', async (t) => {
  const database = await freshDatabase(t);
  const urlOf = (ordinal: number): string => `https://shop.example/pictures/${ordinal === 5_000 ? 3 : ordinal}.jpg`;
  const rid = await requestWith(database, 40_000, urlOf, [{ ordinal: 5_000, first: 3 }]);
  const ordinals = Array.from({ length: 1_000 }, (_, i) => i + 1);
  const asked = performance.now();
  const found = await findImages(database.read, rid, ordinals);
  assert.equal(found.length, 1_000);
  const foundMs = performance.now() - asked;
  // A few milliseconds; looking through all ordinals for each image of the request takes four seconds.
  assert.ok(foundMs < 1_000, `${foundMs} ms`);
  const started = performance.now();
  const settled = await database.write.transaction().execute(async (trx) => {
    await claimImages(trx, rid, ordinals);
    let images = 0;
    for (const ordinal of ordinals) images += await settleImage(trx, { rid, ordinal, claim: 1 }, FAILED, true);
    return images;
  });
  assert.equal(settled, 1_001);
  const settledMs = performance.now() - started;
  // Some 200 ms; reading the request once for each image takes ten seconds.
  assert.ok(settledMs < 2_000, `${settledMs} ms`);
});

test('thousands of copies are settled, and wait again, without keeping the readers waiting', async (t) => {
  const database = await freshDatabase(t);
  const count = 10_001;
  const repeats = Array.from({ length: count - 1 }, (_, i) => ({ ordinal: i + 2, first: 1 }));
  const rid = await requestWith(database, count, () => 'https://shop.example/1.jpg', repeats);
  const states = async (): Promise<unknown[]> => {
    const rows = await database.read
      .selectFrom('images')
      .select((eb) => ['state', 'code', eb.fn.countAll<number>().as('images')])
      .groupBy(['state', 'code'])
      .execute();
    return rows.map(({ state, code, images }) => [state, code, images]);
  };
  let turns = 0;
  let counting = true;
  t.after(() => {
    counting = false;
  });
  const countTurn = (): void => {
    turns += 1;
    if (counting) setImmediate(countTurn);
  };
  setImmediate(countTurn);
  const settled = await database.write.transaction().execute(async (trx) => {
    await claimImages(trx, rid, [1]);
    return settleImage(trx, { rid, ordinal: 1, claim: 1 }, FAILED, true);
  });
  assert.equal(settled, count);
  assert.ok(turns >= 4, `${turns} turns for others`);
  assert.deepEqual(await states(), [['FAILED', 'http_status', count]]);
  turns = 0;
  assert.equal(await database.write.transaction().execute((trx) => resetFailed(trx, rid)), count);
  assert.ok(turns >= 4, `${turns} turns for others`);
  assert.deepEqual(await states(), [['PENDING', null, count]]);
});
