import { nextTryDelayMs } from '../../src/core/backoff.ts';
import { createLogger } from '../../src/core/log.ts';
import { type ClaimedImage, claimImages } from '../../src/db/images.ts';
import type { Database } from '../../src/db/open-database.ts';
import { moveRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';
import { NO_METER, type SettledImages } from '../../src/metrics/meter.ts';
import type { Job } from '../../src/queue/queue.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { Journal } from '../../src/work/journal.ts';
import type { ImageResult } from '../../src/work/press-messages.ts';
import { type Ending, settleResults } from '../../src/work/settle-results.ts';
import { freshRequest } from './fresh-request.ts';

/** What a press says of an image that went well. */
export const success = (image: ClaimedImage): ImageResult => ({
  ok: true,
  ordinal: image.ordinal,
  claim: image.claim,
  file: `${image.ordinal}.jpg`,
  sha256: 'ab',
  bytesIn: 1_000,
  bytesOut: 490,
  downloadMs: 40,
  compressMs: 20,
  format: 'jpeg',
  width: 10,
  height: 10,
  quality: 75,
  score: null,
  encodes: 2,
  engine: 'sharp',
  outcome: 'met',
  note: null,
});

/** What it says of one that did not: gone, unless told otherwise. */
export const failure = (image: ClaimedImage, more: Partial<Extract<ImageResult, { ok: false }>> = {}): ImageResult => ({
  ok: false,
  ordinal: image.ordinal,
  claim: image.claim,
  code: 'http_status',
  message: 'The server shop.example answered 404 Not Found.',
  retryable: false,
  retryAfterMs: null,
  group: '404',
  tried: true,
  bytesIn: null,
  ...more,
});

const backoff = (tries: number, retryAfterMs: number | null): number =>
  nextTryDelayMs({ attempt: tries, retryAfterMs: retryAfterMs ?? 0, random: () => 0.5 });

/** A running request, and the words its results are settled in. */
export interface Bench {
  readonly database: Database;
  readonly clock: { now: number };
  readonly claim: (...ordinals: number[]) => Promise<ClaimedImage[]>;
  readonly settle: (...endings: Ending[]) => Promise<RequestRow | null>;
  /** What the metrics heard. */
  readonly metered: readonly SettledImages[];
  readonly due: () => Promise<Job<'images'>[]>;
  readonly request: RequestRow;
}

export const settleBench = async (database: Database, products: string[][]): Promise<Bench> => {
  const clock = { now: 1_000_000 };
  const queue = new SqliteQueue(database, () => clock.now);
  const request = await freshRequest(database, products);
  await database.write.transaction().execute((trx) => moveRequest(trx, request.rid, 'PROCESSING'));
  const metered: SettledImages[] = [];
  const meter = { ...NO_METER, settled: (images: SettledImages) => void metered.push(images) };
  return {
    database,
    clock,
    request,
    claim: (...ordinals) => database.write.transaction().execute((trx) => claimImages(trx, request.rid, ordinals)),
    metered,
    settle: async (...endings) => {
      const journal = new Journal(createLogger('silent'), meter);
      const context = { queue, now: () => clock.now, backoff, journal };
      const after = await database.write.transaction().execute((trx) => settleResults(trx, request, endings, context));
      journal.tell();
      return after;
    },
    due: () => queue.take('images', 100),
  };
};
