import { CompiledQuery } from 'kysely';
import type { Trx } from './open-database.ts';

export type BulkValue = string | number | null;

/**
 * Rows in one statement, largest first. Few fixed sizes keep the statements prepared; building a query for each batch
 * would cost twice what inserting it does, and a million rows are inserted while others wait for their turn to write.
 */
const SIZES = [250, 25, 1] as const;

/** Inserts any number of rows, each with one value for each of `columns`. Table and columns are ours, never a user's. */
export const bulkInsert = async (
  trx: Trx,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly BulkValue[])[],
): Promise<void> => {
  let at = 0;
  for (const size of SIZES) {
    const tuple = `(${columns.map(() => '?').join(',')})`;
    const text = `INSERT INTO ${table} (${columns.join(',')}) VALUES ${Array(size).fill(tuple).join(',')}`;
    for (; at + size <= rows.length; at += size) {
      await trx.executeQuery(CompiledQuery.raw(text, rows.slice(at, at + size).flat()));
    }
  }
};
