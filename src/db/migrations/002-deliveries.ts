import { type Kysely, sql } from 'kysely';

/** The outbox with its log, keys of repeated calls, messages taken in, and images stored by an outside processor. */
export const deliveries = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** Every way a row of `requests` can change the number of those in its status. */
const countingTriggers = (): string[] => {
  const more = `INSERT INTO request_counts VALUES (NEW.status, 1) ON CONFLICT (status) DO UPDATE SET count = count + 1`;
  const fewer = 'UPDATE request_counts SET count = count - 1 WHERE status = OLD.status';
  return [
    `CREATE TRIGGER requests_counted AFTER INSERT ON requests BEGIN ${more}; END`,
    `CREATE TRIGGER requests_recounted AFTER UPDATE OF status ON requests BEGIN ${fewer}; ${more}; END`,
    `CREATE TRIGGER requests_uncounted AFTER DELETE ON requests BEGIN ${fewer}; END`,
  ];
};

const STATEMENTS = [
  // Whose API key brought the request; '' where no keys are used.
  "ALTER TABLE requests ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
  'ALTER TABLE images ADD COLUMN output_url TEXT',
  `CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    rid INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('webhook','email')),
    target TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING','DELIVERED','FAILED')),
    tries INTEGER NOT NULL DEFAULT 0,
    handing_over INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    next_try_at INTEGER
  ) WITHOUT ROWID`,
  'CREATE INDEX deliveries_of_request ON deliveries (rid, created_at, id)',
  "CREATE INDEX deliveries_waiting ON deliveries (target) WHERE state = 'PENDING'",
  `CREATE TABLE delivery_attempts (
    delivery_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    result TEXT NOT NULL,
    answer_code INTEGER,
    ms INTEGER NOT NULL,
    by_hand INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, n)
  ) WITHOUT ROWID`,
  // Receivers that said 410 Gone; nothing is sent there until a replay by hand succeeds.
  'CREATE TABLE closed_targets (target TEXT PRIMARY KEY, closed_at INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID',
  `CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
  ) WITHOUT ROWID`,
  'CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)',
  // `webhook-id`s of messages taken in at /webhook-completed, with the answer they got.
  `CREATE TABLE inbound_messages (
    id TEXT PRIMARY KEY,
    body_sha256 TEXT NOT NULL,
    answer TEXT NOT NULL,
    received_at INTEGER NOT NULL
  ) WITHOUT ROWID`,
  'CREATE INDEX inbound_messages_age ON inbound_messages (received_at)',
  // Kept by triggers: counting a million finished requests at each scrape of /metrics took 80 ms, reading this takes none.
  `CREATE TABLE request_counts (
    status TEXT PRIMARY KEY,
    count INTEGER NOT NULL
  ) WITHOUT ROWID`,
  'INSERT INTO request_counts SELECT status, count(*) FROM requests GROUP BY status',
  ...countingTriggers(),
];
