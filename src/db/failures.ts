/** Failure counts of a request, kept up to date as images are settled. */
import type { Db, Trx } from './open-database.ts';
import type { FailureCountsTable } from './schema.ts';

export type FailureCount = Pick<FailureCountsTable, 'code' | 'detail' | 'count'>;

export const addFailures = async (trx: Trx, rid: number, failure: FailureCount): Promise<void> => {
  await trx
    .insertInto('failure_counts')
    .values({ rid, ...failure })
    .onConflict((conflict) =>
      conflict.columns(['rid', 'code', 'detail']).doUpdateSet((eb) => ({
        count: eb('failure_counts.count', '+', failure.count),
      })),
    )
    .execute();
};

/** All failure counts of a request, most frequent first. */
export const failureCounts = (db: Db, rid: number): Promise<FailureCount[]> =>
  db
    .selectFrom('failure_counts')
    .select(['code', 'detail', 'count'])
    .where('rid', '=', rid)
    .orderBy('count', 'desc')
    .orderBy('code')
    .execute();

export const clearFailures = async (trx: Trx, rid: number): Promise<void> => {
  await trx.deleteFrom('failure_counts').where('rid', '=', rid).execute();
};

/** One failed image with its product. */
export interface FailureExample {
  readonly row: number;
  readonly product_name: string;
  readonly url: string;
  readonly message: string | null;
}

/** The first image of a request that failed with `code`. */
export const firstFailure = (db: Db, rid: number, code: string): Promise<FailureExample | undefined> =>
  db
    .selectFrom('images')
    .innerJoin('products', (join) =>
      join.onRef('products.rid', '=', 'images.rid').onRef('products.row', '=', 'images.row'),
    )
    .select(['images.row', 'product_name', 'url', 'message'])
    .where('images.rid', '=', rid)
    .where('state', '=', 'FAILED')
    .where('code', '=', code)
    .orderBy('images.row')
    .limit(1)
    .executeTakeFirst();

/** How many products have a failed image. */
export const failedProductCount = async (db: Db, rid: number): Promise<number> => {
  const { count } = await db
    .selectFrom('images')
    .select((eb) => eb.fn.count<number>('row').distinct().as('count'))
    .where('rid', '=', rid)
    .where('state', '=', 'FAILED')
    .executeTakeFirstOrThrow();
  return count;
};
