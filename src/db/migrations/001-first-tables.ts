import { type Kysely, sql } from 'kysely';

/** Requests, products, images, failure counts and the embedded queue. */
export const firstTables = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `CREATE TABLE requests (
    rid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('PENDING','PROCESSING','COMPLETED','FAILED','CANCELLED')),
    options TEXT NOT NULL,
    dialect TEXT NOT NULL,
    file_name TEXT,
    fingerprint TEXT NOT NULL,
    total_products INTEGER NOT NULL,
    total_images INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    faulty_rows INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0 CHECK (done >= 0),
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed >= 0),
    bytes_in INTEGER NOT NULL DEFAULT 0,
    bytes_out INTEGER NOT NULL DEFAULT 0,
    cursor INTEGER NOT NULL DEFAULT 0,
    open_chunks INTEGER NOT NULL DEFAULT 0 CHECK (open_chunks >= 0),
    open_retries INTEGER NOT NULL DEFAULT 0 CHECK (open_retries >= 0),
    finishing INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    error TEXT,
    CHECK (done + failed <= total_images)
  )`,
  'CREATE INDEX requests_newest ON requests (created_at DESC, rid DESC)',
  'CREATE INDEX requests_fingerprint ON requests (fingerprint)',
  `CREATE TABLE products (
    rid INTEGER NOT NULL,
    row INTEGER NOT NULL,
    line INTEGER NOT NULL,
    serial_number TEXT NOT NULL,
    product_name TEXT NOT NULL,
    first_ordinal INTEGER NOT NULL,
    image_count INTEGER NOT NULL,
    PRIMARY KEY (rid, row)
  ) WITHOUT ROWID`,
  // Clustered by (rid, ordinal): a chunk, a page of the status and the result files all read neighbours.
  `CREATE TABLE images (
    rid INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    row INTEGER NOT NULL,
    n INTEGER NOT NULL,
    url TEXT NOT NULL,
    same_as INTEGER,
    state TEXT NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING','PROCESSING','COMPLETED','FAILED')),
    claim INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    outcome TEXT, code TEXT, message TEXT, file TEXT, sha256 TEXT, format TEXT,
    width INTEGER, height INTEGER, bytes_in INTEGER, bytes_out INTEGER,
    quality REAL, score REAL, encodes INTEGER, engine TEXT,
    PRIMARY KEY (rid, ordinal)
  ) WITHOUT ROWID`,
  // Partial indexes: empty for a healthy catalogue, so a million inserts do not pay for them.
  "CREATE INDEX images_failed ON images (rid, row, ordinal) WHERE state = 'FAILED'",
  'CREATE INDEX images_same ON images (rid, same_as) WHERE same_as IS NOT NULL',
  `CREATE TABLE failure_counts (
    rid INTEGER NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (rid, code, detail)
  ) WITHOUT ROWID`,
  // AUTOINCREMENT: a job's number is never given twice, so a late answer cannot hit a newer job.
  `CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    rid INTEGER NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready','active')),
    run_at INTEGER NOT NULL
  )`,
  'CREATE INDEX jobs_next ON jobs (kind, state, run_at, id)',
  'CREATE INDEX jobs_of_request ON jobs (rid, state)',
];
