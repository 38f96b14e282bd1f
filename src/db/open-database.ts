import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely';
import { AppError, systemCode } from '../core/errors.ts';
import { type StopCheckpointer, startCheckpointer } from './checkpointer.ts';
import { migrate } from './migrate.ts';
import { kyselyConnection, openSqliteFile } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;
export type Trx = Transaction<Schema>;

/**
 * Two views of one database. `write` belongs to the service process alone and runs one transaction at a time; `read`
 * sees the last committed state and never waits for a writer, so a status answers while a catalogue is being stored.
 */
export interface Database {
  readonly read: Db;
  readonly write: Db;
  close(): Promise<void>;
}

/** Pages in the log at which SQLite checkpoints by itself (sqlite.org/pragma.html#pragma_wal_autocheckpoint). */
const SQLITE_DEFAULT_CHECKPOINT = 1_000;

export interface OpenOptions {
  /** Checkpoint in a thread of its own; for a process that must answer all the time. Called when that thread fails. */
  readonly checkpointFailed?: (error: unknown) => void;
}

/**
 * Opens (and creates) the SQLite database `halve.db` in `folder` and migrates it.
 * @throws AppError `database_unavailable` when the folder cannot be used.
 */
export const openSqliteDatabase = async (folder: string, options: OpenOptions = {}): Promise<Database> => {
  try {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'halve.db');
    const write = sqliteView(path, false);
    await migrate(write);
    const read = sqliteView(path, true);
    const stopCheckpointer = await moveCheckpoints(write, path, options);
    return {
      read,
      write,
      async close() {
        await stopCheckpointer();
        await read.destroy();
        await write.destroy();
      },
    };
  } catch (error) {
    throw databaseError(error);
  }
};

const moveCheckpoints = async (write: Db, path: string, options: OpenOptions): Promise<StopCheckpointer> => {
  const { checkpointFailed } = options;
  if (checkpointFailed === undefined) return async () => {};
  const setAutomatic = (pages: number) => sql.raw(`PRAGMA wal_autocheckpoint = ${pages}`).execute(write);
  await setAutomatic(0);
  return startCheckpointer(path, (error) => {
    checkpointFailed(error);
    void setAutomatic(SQLITE_DEFAULT_CHECKPOINT).catch(checkpointFailed);
  });
};

const sqliteView = (path: string, readOnly: boolean): Db =>
  new Kysely<Schema>({
    dialect: new SqliteDialect({ database: kyselyConnection(openSqliteFile(path, { readOnly })) }),
  });

/** SQLite's primary result codes that mean "no space" and "cannot open" (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

/** Turns what SQLite and the file system throw into the words of the error table. */
export const databaseError = (thrown: unknown): AppError => {
  if (thrown instanceof AppError) return thrown;
  const result = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  if (result === SQLITE_FULL || systemCode(thrown) === 'ENOSPC') return new AppError('storage_full', { cause: thrown });
  return new AppError('database_unavailable', { cause: thrown });
};
