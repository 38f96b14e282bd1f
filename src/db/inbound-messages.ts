/** Signed messages that were taken in at `/webhook-completed`, with what they were answered. */
import type { Db, Trx } from './open-database.ts';
import type { InboundMessagesTable } from './schema.ts';

export const findInboundMessage = (db: Db, id: string): Promise<InboundMessagesTable | undefined> =>
  db.selectFrom('inbound_messages').selectAll().where('id', '=', id).executeTakeFirst();

export const insertInboundMessage = async (trx: Trx, message: InboundMessagesTable): Promise<void> => {
  await trx.insertInto('inbound_messages').values(message).execute();
};

/** Forgets up to `limit` of the messages received before `time`. */
export const removeInboundMessages = async (trx: Trx, time: number, limit: number): Promise<void> => {
  await trx
    .deleteFrom('inbound_messages')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('inbound_messages')
        .select('id')
        .where('received_at', '<', time)
        .orderBy('received_at')
        .limit(limit),
    )
    .execute();
};
