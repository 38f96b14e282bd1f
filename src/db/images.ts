/** Queries on products and images, named by intent. */
import { sql } from 'kysely';
import { bulkInsert } from './bulk-insert.ts';
import { removeDeliveries } from './deliveries.ts';
import type { Db, Trx } from './open-database.ts';
import type { ImageRow, ProductRow } from './schema.ts';

/** One product with its images, as `intake/` hands it over. */
export interface NewProduct {
  readonly row: number;
  readonly line: number;
  readonly serialNumber: string;
  readonly productName: string;
  readonly firstOrdinal: number;
  readonly urls: readonly string[];
}

/** Adds products and their images. */
export const insertProducts = async (trx: Trx, rid: number, products: readonly NewProduct[]): Promise<void> => {
  await bulkInsert(
    trx,
    'products',
    ['rid', 'row', 'line', 'serial_number', 'product_name', 'first_ordinal', 'image_count'],
    products.map((p) => [rid, p.row, p.line, p.serialNumber, p.productName, p.firstOrdinal, p.urls.length]),
  );
  await bulkInsert(
    trx,
    'images',
    ['rid', 'ordinal', 'row', 'n', 'url'],
    products.flatMap((p) => p.urls.map((url, i) => [rid, p.firstOrdinal + i, p.row, i + 1, url])),
  );
};

/**
 * Points images at an earlier one with the same URL, where the two URLs really are the same. Answers how many were.
 * @param repeats pairs of an image and the earlier one it seems to repeat, both by ordinal
 */
export const markDuplicates = async (
  trx: Trx,
  rid: number,
  repeats: readonly { readonly ordinal: number; readonly first: number }[],
): Promise<number> => {
  if (repeats.length === 0) return 0;
  // The request stands in every pair, so that the planner must begin with the pairs and find their images by key.
  const pairs = JSON.stringify(repeats.map(({ ordinal, first }) => [rid, ordinal, first]));
  const result = await sql`
    UPDATE images SET same_as = pair.value->>2
    FROM json_each(${pairs}) AS pair
    WHERE images.rid = pair.value->>0 AND images.ordinal = pair.value->>1 AND images.url = (
      SELECT earlier.url FROM images AS earlier
      WHERE earlier.rid = pair.value->>0 AND earlier.ordinal = pair.value->>2
    )`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
};

/** The next images that no chunk holds yet: behind `after`, waiting, each URL once. */
export const nextWaiting = async (trx: Trx, rid: number, after: number, limit: number): Promise<number[]> => {
  const rows = await trx
    .selectFrom('images')
    .select('ordinal')
    .where('rid', '=', rid)
    .where('ordinal', '>', after)
    .where('state', '=', 'PENDING')
    .where('same_as', 'is', null)
    .orderBy('ordinal')
    .limit(limit)
    .execute();
  return rows.map((row) => row.ordinal);
};

/** What a press needs to know of an image. */
export type ClaimedImage = Pick<ImageRow, 'ordinal' | 'row' | 'n' | 'url' | 'claim' | 'tries' | 'crashes'>;

/** Hands unsettled images out: they become PROCESSING under a new claim number, which their result must name. */
export const claimImages = (trx: Trx, rid: number, ordinals: readonly number[]): Promise<ClaimedImage[]> =>
  trx
    .updateTable('images')
    .set((eb) => ({ state: 'PROCESSING', claim: eb('claim', '+', 1) }))
    .where('rid', '=', rid)
    .where('ordinal', 'in', ordinals)
    .where('state', 'in', ['PENDING', 'PROCESSING'])
    .returning(['ordinal', 'row', 'n', 'url', 'claim', 'tries', 'crashes'])
    .execute();

/** Takes an unfinished image back from a press. False: the claim was not the current one. */
export const unclaimImage = async (
  trx: Trx,
  image: { readonly rid: number; readonly ordinal: number; readonly claim: number },
  counts: { readonly tries: number; readonly crashes: number },
): Promise<boolean> => {
  const result = await trx
    .updateTable('images')
    .set({ ...counts, state: 'PENDING' })
    .where('rid', '=', image.rid)
    .where('ordinal', '=', image.ordinal)
    .where('claim', '=', image.claim)
    .where('state', '=', 'PROCESSING')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** Products of a request in file order, from behind `afterRow`. */
export const productsPage = (db: Db, rid: number, afterRow: number, limit: number): Promise<ProductRow[]> =>
  db
    .selectFrom('products')
    .selectAll()
    .where('rid', '=', rid)
    .where('row', '>', afterRow)
    .orderBy('row')
    .limit(limit)
    .execute();

/** Products with at least one failed image, in file order, from behind `afterRow`. */
export const failedProductsPage = (db: Db, rid: number, afterRow: number, limit: number): Promise<ProductRow[]> =>
  db
    .selectFrom('products')
    .selectAll()
    .where('rid', '=', rid)
    .where('row', 'in', (eb) =>
      eb
        .selectFrom('images')
        .select('row')
        .distinct()
        .where('rid', '=', rid)
        .where('state', '=', 'FAILED')
        .where('row', '>', afterRow)
        .orderBy('row')
        .limit(limit),
    )
    .orderBy('row')
    .execute();

/** Images with `first ≤ ordinal ≤ last`, in order. */
export const imagesBetween = (db: Db, rid: number, first: number, last: number): Promise<ImageRow[]> =>
  db
    .selectFrom('images')
    .selectAll()
    .where('rid', '=', rid)
    .where('ordinal', '>=', first)
    .where('ordinal', '<=', last)
    .orderBy('ordinal')
    .execute();

/** A finished image by the request's public id and its ordinal. */
export const findImage = (db: Db, requestId: string, ordinal: number): Promise<ImageRow | undefined> =>
  db
    .selectFrom('images')
    .innerJoin('requests', 'requests.rid', 'images.rid')
    .selectAll('images')
    .where('requests.id', '=', requestId)
    .where('ordinal', '=', ordinal)
    .executeTakeFirst();

/** Marks the images with `after < ordinal ≤ last` that were not tried to the end as cancelled. Answers how many. */
export const cancelWaiting = async (
  trx: Trx,
  rid: number,
  range: { readonly after: number; readonly last: number },
  message: string,
): Promise<number> => {
  const result = await trx
    .updateTable('images')
    .set({ state: 'FAILED', outcome: 'failed', code: 'cancelled', message })
    .where('rid', '=', rid)
    .where('ordinal', '>', range.after)
    .where('ordinal', '<=', range.last)
    .where('state', 'in', ['PENDING', 'PROCESSING'])
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/** Removes up to `limit` image rows of a request, and its products with the last of them. True while some are left. */
export const removeRows = async (trx: Trx, rid: number, limit: number): Promise<boolean> => {
  const result = await trx
    .deleteFrom('images')
    .where('rid', '=', rid)
    .where('ordinal', 'in', (eb) => eb.selectFrom('images').select('ordinal').where('rid', '=', rid).limit(limit))
    .executeTakeFirst();
  if (result.numDeletedRows > 0n) return true;
  await trx.deleteFrom('products').where('rid', '=', rid).execute();
  await trx.deleteFrom('failure_counts').where('rid', '=', rid).execute();
  await removeDeliveries(trx, rid);
  return false;
};
