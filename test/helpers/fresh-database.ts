import type { TestContext } from 'node:test';
import { type Database, openSqliteDatabase } from '../../src/db/open-database.ts';
import { freshFolder } from './temp-folder.ts';

/** A migrated SQLite database in a folder of its own; closed when the test ends. */
export const freshDatabase = async (t: TestContext): Promise<Database> => {
  const database = await openSqliteDatabase(await freshFolder(t));
  t.after(() => database.close());
  return database;
};
