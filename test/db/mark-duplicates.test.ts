import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertProducts, markDuplicates, type NewProduct } from '../../src/db/images.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshRequest } from '../helpers/fresh-request.ts';

const IMAGES = 600;

const productsWith = (urlOf: (ordinal: number) => string): NewProduct[] =>
  Array.from({ length: IMAGES }, (_, index) => ({
    row: index + 1,
    line: index + 2,
    serialNumber: `S${index + 1}`,
    productName: 'Shoe',
    firstOrdinal: index + 1,
    urls: [urlOf(index + 1)],
  }));

test('only what really is the same address becomes a duplicate, and in this request alone', async (t) => {
  const database = await freshDatabase(t);
  const other = await freshRequest(database, [['https://a.example/1.jpg'], ['https://a.example/1.jpg']]);
  const request = await freshRequest(database, []);
  const marked = await database.write.transaction().execute(async (trx) => {
    await insertProducts(
      trx,
      request.rid,
      productsWith((ordinal) => `https://a.example/${ordinal % 2}.jpg`),
    );
    const isSame = await markDuplicates(trx, request.rid, [{ ordinal: 3, first: 1 }]);
    // As if the two addresses had the same hash.
    const isOther = await markDuplicates(trx, request.rid, [{ ordinal: 2, first: 1 }]);
    return [isSame, isOther];
  });
  assert.deepEqual(marked, [1, 0]);
  const rows = await database.read.selectFrom('images').select(['rid', 'ordinal', 'same_as']).execute();
  assert.deepEqual(
    rows.filter(({ same_as }) => same_as !== null).map(({ rid, ordinal, same_as }) => [rid, ordinal, same_as]),
    [
      [other.rid, 2, 1],
      [request.rid, 3, 1],
    ],
  );
});

test('many duplicates cost as much as they are, not their cube', async (t) => {
  const database = await freshDatabase(t);
  const request = await freshRequest(database, []);
  const repeats = Array.from({ length: IMAGES - 1 }, (_, index) => ({ ordinal: index + 2, first: 1 }));
  await database.write.transaction().execute(async (trx) => {
    await insertProducts(
      trx,
      request.rid,
      productsWith(() => 'https://a.example/1.jpg'),
    );
    const started = performance.now();
    assert.equal(await markDuplicates(trx, request.rid, repeats), IMAGES - 1);
    // It takes a few milliseconds; looking through all pairs for all pairs of images takes more than a minute.
    assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`);
  });
});
