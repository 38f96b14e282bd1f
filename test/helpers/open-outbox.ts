import type { TestContext } from 'node:test';
import { createLogger } from '../../src/core/log.ts';
import type { RequestOptions } from '../../src/core/options.ts';
import { deliveriesOf, type LoggedDelivery } from '../../src/db/deliveries.ts';
import type { Database } from '../../src/db/open-database.ts';
import { getRequest, moveRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { Poster } from '../../src/fetch/poster.ts';
import { NO_METER } from '../../src/metrics/meter.ts';
import { MailSender } from '../../src/notify/mail-sender.ts';
import type { SmtpServer } from '../../src/notify/smtp-url.ts';
import { WebhookSender } from '../../src/notify/webhook-sender.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { openStore } from '../../src/store/open-store.ts';
import { Deliverer } from '../../src/work/deliver.ts';
import { Messengers } from '../../src/work/messengers.ts';
import { type Announced, Outbox } from '../../src/work/outbox.ts';
import { servedLinks } from '../../src/work/output-links.ts';
import { freshDatabase } from './fresh-database.ts';
import { freshRequest } from './fresh-request.ts';
import { freshFolder } from './temp-folder.ts';

export const TEST_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** An outbox with everything behind it, and a clock that only a test moves. */
export interface OpenOutbox {
  readonly database: Database;
  readonly queue: SqliteQueue;
  readonly clock: { now: number };
  readonly deliverer: Deliverer;
  /** A request that has ended, and its announcement. */
  readonly announce: (options: Partial<RequestOptions>) => Promise<{ request: RequestRow; announced: Announced }>;
  /** Makes every attempt that is due now; answers how many jobs were worked on. */
  readonly deliverDue: () => Promise<number>;
  readonly deliveries: (request: RequestRow) => Promise<LoggedDelivery[]>;
  readonly replay: (delivery: LoggedDelivery) => Promise<void>;
}

export const openOutbox = async (
  t: TestContext,
  { allow = '', smtp = null }: { readonly allow?: string; readonly smtp?: SmtpServer | null },
): Promise<OpenOutbox> => {
  const database = await freshDatabase(t);
  const folder = await freshFolder(t);
  const clock = { now: Date.UTC(2026, 10, 22, 10) };
  const now = (): number => clock.now;
  const queue = new SqliteQueue(database, now);
  const poster = new Poster({ allow: parseAllowList(allow), userAgent: 'Halve/test', now });
  const from = { name: 'Halve', address: 'halve@shop.example' };
  const messengers = new Messengers({
    webhooks: new WebhookSender({ poster, secrets: [TEST_SECRET], now }),
    mail: smtp === null ? null : new MailSender({ server: smtp, from }),
    store: await openStore({ kind: 'disk', roots: { images: `${folder}/images`, csvfile: `${folder}/csvfile` } }),
  });
  t.after(() => messengers.close());
  const links = servedLinks('https://halve.example');
  const outbox = new Outbox({ queue, links, now, mailIsOn: smtp !== null });
  const log = createLogger('silent');
  const deliverer = new Deliverer({ database, queue, messengers, now, random: Math.random, log, meter: NO_METER });
  const signal = new AbortController().signal;
  return {
    database,
    queue,
    clock,
    deliverer,
    announce: async (options) => {
      const { rid } = await freshRequest(database, [['http://a.example/1.jpg'], ['http://a.example/2.jpg']], options);
      return database.write.transaction().execute(async (trx) => {
        await moveRequest(trx, rid, 'PROCESSING', { started_at: clock.now - 5_000 });
        await moveRequest(trx, rid, 'COMPLETED', { finished_at: clock.now });
        await trx
          .updateTable('requests')
          .set({ done: 2, bytes_in: 4_000, bytes_out: 1_900 })
          .where('rid', '=', rid)
          .execute();
        const request = await getRequest(trx, rid);
        if (request === undefined) throw new Error('the request is gone');
        return { request, announced: await outbox.announce(trx, request) };
      });
    },
    deliverDue: async () => {
      const jobs = await queue.take('deliver', 100);
      for (const job of jobs) {
        const again = await deliverer.deliver(job, signal);
        if (again !== undefined) await queue.release(job, clock.now + again);
      }
      return jobs.length;
    },
    deliveries: ({ rid }) => deliveriesOf(database.read, rid),
    replay: async ({ delivery }) => {
      const payload = { deliveryId: delivery.id, byHand: true };
      await database.write
        .transaction()
        .execute((trx) => queue.enqueue(trx, [{ kind: 'deliver', rid: delivery.rid, payload }]));
    },
  };
};
