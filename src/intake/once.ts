/** The same upload twice makes one request (design 2.2; IETF draft-ietf-httpapi-idempotency-key-header). */
import { AppError } from '../core/errors.ts';
import { findKey, type KeyId, takeKey } from '../db/idempotency-keys.ts';
import type { Db, Trx } from '../db/open-database.ts';
import { findRunning } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';

/** A key stands for its request this long; what comes after makes a new one. */
export const KEY_LIFE_MS = 86_400_000;
/** Without a key, only so soon after is the same file taken for the same wish: somebody clicked again. */
export const SAME_WISH_MS = 600_000;
/** The client should ask again so much later: storing a small catalogue takes no longer. */
const IN_USE_RETRY_MS = 1_000;

/** Who sends an upload, and what makes a repetition of it recognisable. */
export interface Caller {
  /** Name of the API key; '' where none are used. */
  readonly owner: string;
  readonly idempotencyKey: string | null;
}

/** What an upload led to. */
export interface Submitted {
  readonly request: RequestRow;
  /**
   * `replay`: the key stood for this request already. `running`: it came without a key, and this earlier request of the
   * same file with the same options is still being worked on.
   */
  readonly as: 'new' | 'replay' | 'running';
}

interface Wish extends Caller {
  readonly fingerprint: string;
  readonly now: number;
}

/**
 * The earlier request an upload repeats, or null.
 * @throws AppError `idempotency_key_reused` when its key came with another file or other options
 */
export const findRepeated = async (db: Db, wish: Wish): Promise<Submitted | null> => {
  const { owner, idempotencyKey: key, fingerprint, now } = wish;
  if (key === null) {
    const request = await findRunning(db, { owner, fingerprint, since: now - SAME_WISH_MS });
    return request === undefined ? null : { request, as: 'running' };
  }
  const known = await findKey(db, { owner, key }, now - KEY_LIFE_MS);
  if (known === undefined) return null;
  if (known.fingerprint !== fingerprint) throw new AppError('idempotency_key_reused');
  return { request: known.request, as: 'replay' };
};

/**
 * The same question in the transaction that is to store request `requestId`. Null: nobody was quicker, and the key, if
 * there is one, is now that request's. Else nothing was written and the earlier request is the answer.
 * @throws AppError `idempotency_key_reused`, `idempotency_key_in_use`
 */
export const findRepeatedOrTakeKey = async (trx: Trx, wish: Wish, requestId: string): Promise<Submitted | null> => {
  const { owner, idempotencyKey: key, fingerprint, now } = wish;
  if (key === null) return findRepeated(trx, wish);
  const row = { owner, key, fingerprint, request_id: requestId, created_at: now };
  if (await takeKey(trx, row, now - KEY_LIFE_MS)) return null;
  const repeated = await findRepeated(trx, wish);
  if (repeated === null) throw keyInUse();
  return repeated;
};

/** Does the key stand for a request? */
export const keyIsKnown = async (db: Db, key: KeyId, now: number): Promise<boolean> =>
  (await findKey(db, key, now - KEY_LIFE_MS)) !== undefined;

const keyInUse = (): AppError => new AppError('idempotency_key_in_use', { retryAfterMs: IN_USE_RETRY_MS });

/** Keys of uploads that are arriving or being stored in this process; their fingerprint is not known yet. */
export class KeysInUse {
  readonly #keys = new Set<string>();

  /** Answers the function that gives the key free. @throws AppError `idempotency_key_in_use` */
  hold({ owner, key }: KeyId): () => void {
    const entry = JSON.stringify([owner, key]);
    if (this.#keys.has(entry)) throw keyInUse();
    this.#keys.add(entry);
    return () => this.#keys.delete(entry);
  }
}
