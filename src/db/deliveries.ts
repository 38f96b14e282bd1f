/** Queries on the outbox and its log, named by intent. */
import type { Db, Trx } from './open-database.ts';
import type { DeliveryAttemptRow, DeliveryRow, DeliveryState } from './schema.ts';

export type NewDelivery = Pick<
  DeliveryRow,
  'id' | 'rid' | 'kind' | 'target' | 'payload' | 'created_at' | 'next_try_at' | 'state'
>;

export const insertDelivery = async (trx: Trx, delivery: NewDelivery): Promise<void> => {
  await trx.insertInto('deliveries').values(delivery).execute();
};

export const findDelivery = (db: Db, id: string): Promise<DeliveryRow | undefined> =>
  db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();

/** One entry of the log, without its number. */
export type Attempt = Omit<DeliveryAttemptRow, 'delivery_id' | 'n'>;

/** Appends to the log of a delivery. */
export const logAttempt = async (trx: Trx, deliveryId: string, attempt: Attempt): Promise<void> => {
  const last = await trx
    .selectFrom('delivery_attempts')
    .select((eb) => eb.fn.max('n').as('n'))
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  await trx
    .insertInto('delivery_attempts')
    .values({ ...attempt, delivery_id: deliveryId, n: Number(last?.n ?? 0) + 1 })
    .execute();
};

export interface DeliveryChanges {
  readonly state: DeliveryState;
  readonly tries: number;
  readonly next_try_at: number | null;
}

/** Writes down what an attempt changed; nobody is handing the message over any more. */
export const settleDelivery = async (trx: Trx, id: string, changes: DeliveryChanges): Promise<void> => {
  await trx
    .updateTable('deliveries')
    .set({ ...changes, handing_over: 0 })
    .where('id', '=', id)
    .execute();
};

/** Notes that from now on nobody can know whether the mail server took the message, until it has answered; or not. */
export const markHandingOver = async (trx: Trx, id: string, underWay: boolean): Promise<void> => {
  await trx
    .updateTable('deliveries')
    .set({ handing_over: underWay ? 1 : 0 })
    .where('id', '=', id)
    .execute();
};

/** Remembers that a receiver wants nothing any more. */
export const closeTarget = async (
  trx: Trx,
  target: string,
  { at, reason }: { readonly at: number; readonly reason: string },
): Promise<void> => {
  await trx
    .insertInto('closed_targets')
    .values({ target, closed_at: at, reason })
    .onConflict((conflict) => conflict.column('target').doUpdateSet({ closed_at: at, reason }))
    .execute();
};

export const reopenTarget = async (trx: Trx, target: string): Promise<void> => {
  await trx.deleteFrom('closed_targets').where('target', '=', target).execute();
};

/** Why nothing is sent to this receiver, or undefined. */
export const closedReason = async (db: Db, target: string): Promise<string | undefined> =>
  (await db.selectFrom('closed_targets').select('reason').where('target', '=', target).executeTakeFirst())?.reason;

/** A delivery with its log, oldest attempt first. */
export interface LoggedDelivery {
  readonly delivery: DeliveryRow;
  readonly attempts: readonly DeliveryAttemptRow[];
}

/** Deliveries of one request shown at most; more exist only when somebody announced it again very often. */
const MAX_SHOWN = 50;

/** The newest deliveries of a request, oldest first. */
export const deliveriesOf = async (db: Db, rid: number): Promise<LoggedDelivery[]> => {
  const newest = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('rid', '=', rid)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_SHOWN)
    .execute();
  return withAttempts(db, newest.toReversed());
};

/** @returns undefined when there is no such delivery */
export const loggedDelivery = async (db: Db, id: string): Promise<LoggedDelivery | undefined> => {
  const delivery = await findDelivery(db, id);
  return delivery === undefined ? undefined : (await withAttempts(db, [delivery]))[0];
};

const withAttempts = async (db: Db, deliveries: readonly DeliveryRow[]): Promise<LoggedDelivery[]> => {
  if (deliveries.length === 0) return [];
  const ids = deliveries.map(({ id }) => id);
  const rows = await db
    .selectFrom('delivery_attempts')
    .selectAll()
    .where('delivery_id', 'in', ids)
    .orderBy('delivery_id')
    .orderBy('n')
    .execute();
  const attempts = Map.groupBy(rows, (row) => row.delivery_id);
  return deliveries.map((delivery) => ({ delivery, attempts: attempts.get(delivery.id) ?? [] }));
};

/** Removes what a deleted request still had to say, with its log. */
export const removeDeliveries = async (trx: Trx, rid: number): Promise<void> => {
  await trx
    .deleteFrom('delivery_attempts')
    .where('delivery_id', 'in', (eb) => eb.selectFrom('deliveries').select('id').where('rid', '=', rid))
    .execute();
  await trx.deleteFrom('deliveries').where('rid', '=', rid).execute();
};
