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
