import { type Database, databaseError } from './open-database.ts';

/**
 * Can the database be read, and would it take a change? The change touches no row, but SQLite takes the write lock for
 * it and refuses on a file it may not write.
 * @throws AppError `database_unavailable`, `storage_full`
 */
export const checkDatabase = async (database: Database): Promise<void> => {
  try {
    await database.read.selectFrom('requests').select('rid').limit(1).execute();
    await database.write.updateTable('requests').set({ error: null }).where('rid', '<', 0).execute();
  } catch (error) {
    throw databaseError(error);
  }
};
