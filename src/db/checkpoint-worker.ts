/** Moves committed pages from SQLite's write-ahead log into the database file, in a thread of its own. */
import { workerData } from 'node:worker_threads';
import { openSqliteFile } from './node-sqlite.ts';

/** A log that grows for this long stays small enough to be read quickly, even while a catalogue is stored. */
const INTERVAL_MS = 1_000;

const connection = openSqliteFile(String(workerData), { readOnly: false });
setInterval(() => connection.exec('PRAGMA wal_checkpoint(PASSIVE)'), INTERVAL_MS);
