/** `node:sqlite` behind the interface Kysely's SQLite dialect asks for. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/**
 * Statements kept prepared. Halve's queries are a few dozen fixed texts; the cap only guards against a query whose text
 * varies (an `IN` list of changing length).
 */
const MAX_PREPARED = 256;

/** Adapts a connection; its statements are prepared once and reused, which halves the cost of small queries. */
export const kyselyConnection = (connection: DatabaseSync): SqliteDatabase => {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => connection.close(),
    prepare(sql) {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      const statement = adaptStatement(connection.prepare(sql));
      prepared.set(sql, statement);
      return statement;
    },
  };
};

const adaptStatement = (statement: StatementSync): SqliteStatement => ({
  reader: statement.columns().length > 0,
  all: (parameters) => statement.all(...toInputs(parameters)),
  run: (parameters) => statement.run(...toInputs(parameters)),
  iterate: (parameters) => statement.iterate(...toInputs(parameters)),
});

const toInputs = (parameters: readonly unknown[]): SQLInputValue[] =>
  parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`SQLite takes no ${typeof value} as parameter`);
  });

/** Opens a database file with the settings every connection of Halve needs. */
export const openSqliteFile = (path: string, options: { readonly readOnly: boolean }): DatabaseSync => {
  const connection = new DatabaseSync(path, { readOnly: options.readOnly });
  // A writer waits for a checkpoint of the reader's connection, and the other way round, instead of failing.
  connection.exec('PRAGMA busy_timeout = 5000');
  if (!options.readOnly) {
    // WAL lets readers go on while a catalogue is written; FULL makes an answered upload survive a power cut.
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  }
  return connection;
};
