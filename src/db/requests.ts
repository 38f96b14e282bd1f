/** Queries on requests, named by intent. */
import { type SqlBool, sql } from 'kysely';
import type { RequestOptions } from '../core/options.ts';
import { movesInto, type RequestStatus } from '../core/states.ts';
import type { Db, Trx } from './open-database.ts';
import type { NewRequest, RequestRow } from './schema.ts';

export const insertRequest = async (trx: Trx, request: NewRequest): Promise<number> => {
  const { rid } = await trx.insertInto('requests').values(request).returning('rid').executeTakeFirstOrThrow();
  return rid;
};

export const findRequest = (db: Db, id: string): Promise<RequestRow | undefined> =>
  db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();

export const getRequest = (db: Db, rid: number): Promise<RequestRow | undefined> =>
  db.selectFrom('requests').selectAll().where('rid', '=', rid).executeTakeFirst();

/** The newest request of the same bytes and options, if there is one. */
export const findByFingerprint = (db: Db, fingerprint: string): Promise<RequestRow | undefined> =>
  db
    .selectFrom('requests')
    .selectAll()
    .where('fingerprint', '=', fingerprint)
    .orderBy('rid', 'desc')
    .limit(1)
    .executeTakeFirst();

/** The newest request of the same bytes, options and owner that came after `since` and has not ended, if there is one. */
export const findRunning = (
  db: Db,
  { owner, fingerprint, since }: { readonly owner: string; readonly fingerprint: string; readonly since: number },
): Promise<RequestRow | undefined> =>
  db
    .selectFrom('requests')
    .selectAll()
    .where('fingerprint', '=', fingerprint)
    .where('owner', '=', owner)
    .where('created_at', '>', since)
    .where('status', 'in', ['PENDING', 'PROCESSING'])
    .orderBy('rid', 'desc')
    .limit(1)
    .executeTakeFirst();

/** How many requests there are, by status; a handful of rows, however long the history. */
export const countRequests = async (db: Db): Promise<Partial<Record<RequestStatus, number>>> => {
  const rows = await db.selectFrom('request_counts').selectAll().execute();
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
};

/** The options as stored; our own JSON, written by the same parser that first checked them. */
export const optionsOf = (request: Pick<RequestRow, 'options'>): RequestOptions => JSON.parse(request.options);

/** Only a finished request has result files, and only one with failures or left-out rows has anything to correct. */
export const hasErrorsFile = (request: Pick<RequestRow, 'finished_at' | 'failed' | 'faulty_rows'>): boolean =>
  request.finished_at !== null && (request.failed > 0 || request.faulty_rows > 0);

type Changes = Partial<Pick<RequestRow, 'started_at' | 'finished_at' | 'error' | 'cursor' | 'failed' | 'finishing'>>;

/**
 * Moves a request to a status the state machine allows from where it stands, in one compare-and-set.
 * False: it stood elsewhere, and nothing was changed.
 */
export const moveRequest = async (
  trx: Trx,
  rid: number,
  to: RequestStatus,
  changes: Changes = {},
): Promise<boolean> => {
  const result = await trx
    .updateTable('requests')
    .set({ ...changes, status: to })
    .where('rid', '=', rid)
    .where('status', 'in', movesInto(to))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
};

/** What the results of a few images add to a request's counts; a person's retry takes some off again. */
export interface CountChanges {
  readonly done: number;
  readonly failed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Queue entries with images to be tried again. */
  readonly openRetries: number;
}

/** Adds to the counts and answers the request as it stands afterwards. */
export const addCounts = (trx: Trx, rid: number, add: CountChanges): Promise<RequestRow | undefined> =>
  trx
    .updateTable('requests')
    .set((eb) => ({
      done: eb('done', '+', add.done),
      failed: eb('failed', '+', add.failed),
      bytes_in: eb('bytes_in', '+', add.bytesIn),
      bytes_out: eb('bytes_out', '+', add.bytesOut),
      open_retries: eb('open_retries', '+', add.openRetries),
    }))
    .where('rid', '=', rid)
    .returningAll()
    .executeTakeFirst();

/** Takes one ended queue entry off the request's count, and answers the request as it stands afterwards. */
export const closeChunk = (trx: Trx, rid: number, retry: boolean): Promise<RequestRow | undefined> =>
  trx
    .updateTable('requests')
    .set((eb) => (retry ? { open_retries: eb('open_retries', '-', 1) } : { open_chunks: eb('open_chunks', '-', 1) }))
    .where('rid', '=', rid)
    .returningAll()
    .executeTakeFirst();

/** Notes that chunks up to `cursor` are in the queue. */
export const openChunks = async (trx: Trx, rid: number, chunks: number, cursor: number): Promise<void> => {
  await trx
    .updateTable('requests')
    .set((eb) => ({ open_chunks: eb('open_chunks', '+', chunks), cursor }))
    .where('rid', '=', rid)
    .execute();
};

export interface RequestListQuery {
  readonly limit: number;
  /** Only requests older than this one (its `rid`), or all. */
  readonly before: number | null;
  /** Part of the file name or of the id, or null. */
  readonly search: string | null;
  readonly status: RequestStatus | null;
}

/** A page of requests, newest first. */
export const listRequests = (db: Db, query: RequestListQuery): Promise<RequestRow[]> => {
  let select = db.selectFrom('requests').selectAll().orderBy('rid', 'desc').limit(query.limit);
  if (query.before !== null) select = select.where('rid', '<', query.before);
  if (query.status !== null) select = select.where('status', '=', query.status);
  if (query.search !== null) {
    const pattern = `%${query.search.replaceAll(/[\\%_]/g, '\\$&')}%`;
    select = select.where((eb) =>
      eb.or([
        sql<SqlBool>`${eb.ref('file_name')} LIKE ${pattern} ESCAPE '\\'`,
        sql<SqlBool>`${eb.ref('id')} LIKE ${pattern} ESCAPE '\\'`,
      ]),
    );
  }
  return select.execute();
};
