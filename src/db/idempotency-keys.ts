/** Queries on the `Idempotency-Key`s of uploads, named by intent. */
import type { Db, Trx } from './open-database.ts';
import type { IdempotencyKeysTable, RequestRow } from './schema.ts';

/** Expired keys removed with each new one: more than one, so that they get fewer, and few enough not to be felt. */
const SWEEP = 100;

/** Whose key it is (the name of an API key, '' where none are used), and the key. */
export type KeyId = Pick<IdempotencyKeysTable, 'owner' | 'key'>;

/** The request a key stands for with the fingerprint it came with, unless the key is as old as `expired` or older. */
export const findKey = async (
  db: Db,
  { owner, key }: KeyId,
  expired: number,
): Promise<{ fingerprint: string; request: RequestRow } | undefined> => {
  const row = await db
    .selectFrom('idempotency_keys as known')
    .innerJoin('requests', 'requests.id', 'known.request_id')
    .selectAll('requests')
    .select('known.fingerprint as key_fingerprint')
    .where('known.owner', '=', owner)
    .where('known.key', '=', key)
    .where('known.created_at', '>', expired)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { key_fingerprint, ...request } = row;
  return { fingerprint: key_fingerprint, request };
};

/**
 * Gives a key to a request. False: it belongs to another one, committed before or by another process at this moment; the
 * unique key of the table decides. A key that expired or whose request was deleted is free.
 */
export const takeKey = async (trx: Trx, row: IdempotencyKeysTable, expired: number): Promise<boolean> => {
  await sweepKeys(trx, expired);
  await trx
    .deleteFrom('idempotency_keys')
    .where('owner', '=', row.owner)
    .where('key', '=', row.key)
    .where((eb) =>
      eb.or([
        eb('created_at', '<=', expired),
        eb.not(
          eb.exists(eb.selectFrom('requests').select('id').whereRef('requests.id', '=', 'idempotency_keys.request_id')),
        ),
      ]),
    )
    .execute();
  const inserted = await trx
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict((conflict) => conflict.columns(['owner', 'key']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
};

const sweepKeys = async (trx: Trx, expired: number): Promise<void> => {
  await trx
    .deleteFrom('idempotency_keys')
    .where((eb) =>
      eb(
        eb.refTuple('owner', 'key'),
        'in',
        eb
          .selectFrom('idempotency_keys as old')
          .select(['old.owner', 'old.key'])
          .where('old.created_at', '<=', expired)
          .orderBy('old.created_at')
          .limit(SWEEP)
          .$asTuple('owner', 'key'),
      ),
    )
    .execute();
};
