import { type Migration, Migrator } from 'kysely/migration';
import { AppError } from '../core/errors.ts';
import { firstTables } from './migrations/001-first-tables.ts';
import { deliveries } from './migrations/002-deliveries.ts';
import type { Db } from './open-database.ts';

/** In order; a shipped migration is never edited, a new one is added below it. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-first-tables': firstTables,
  '002-deliveries': deliveries,
};

/** Brings the database to the newest schema; does nothing when it is there already. */
export const migrate = async (db: Db): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw new AppError('database_unavailable', {
      cause: error,
      detail: 'The database could not be brought up to date.',
    });
  }
};
