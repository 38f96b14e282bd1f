import { createHash } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { isFinished } from '../core/states.ts';
import { findInboundMessage, insertInboundMessage, removeInboundMessages } from '../db/inbound-messages.ts';
import { type Database, type Db, databaseError, type Trx } from '../db/open-database.ts';
import { findRequest } from '../db/requests.ts';
import type { InboundMessagesTable, RequestRow } from '../db/schema.ts';
import { AddressBook } from './address-book.ts';
import type { Journal } from './journal.ts';
import type { Announced, Outbox } from './outbox.ts';
import {
  type IgnoredReport,
  type ImageReport,
  ordinalOf,
  settleReports,
  type TakenReports,
} from './outside-results.ts';
import type { SettleParts } from './settle-results.ts';

/** A signed message that was checked and read. */
export interface InboundMessage {
  /** `webhook-id`: the same for every try to send the message. */
  readonly id: string;
  /** As it was signed. */
  readonly body: Uint8Array;
  readonly requestId: string;
  /** Results of an outside processor; null asks that the end of the request be announced again. */
  readonly reports: readonly ImageReport[] | null;
}

export type InboundAnswer =
  | { readonly request_id: string; readonly accepted: number; readonly ignored: IgnoredReport[] }
  | { readonly request_id: string; readonly announced: number };

/** Ids are remembered for longer than any sender tries: Standard Webhooks' schedule ends after 76 hours. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** Old ones removed with each new one; more than one, so that they never pile up. */
const REMOVE_AT_ONCE = 50;

export interface InboundParts {
  readonly database: Database;
  readonly context: SettleParts;
  readonly outbox: Outbox;
  /** Called after the commit of a message with results. */
  readonly onTaken: (taken: TakenReports) => void;
  /** Called after the commit that announced a request again. */
  readonly onAnnounced: (announced: Announced) => void;
}

interface Effects {
  readonly answer: InboundAnswer;
  readonly taken?: TakenReports;
  readonly announced?: Announced;
}

/** Does what signed messages ask for, each once, however often it comes. */
export class InboundMessages {
  readonly #parts: InboundParts;
  readonly #addresses: AddressBook;

  constructor(parts: InboundParts) {
    this.#parts = parts;
    this.#addresses = new AddressBook(parts.database);
  }

  /**
   * Takes a message in. The same one again gets the same answer and changes nothing: its id and its answer are written
   * in the transaction of its effects.
   * @throws AppError `message_reused` (the id came with another body), `request_not_found`, `request_running` (nothing
   *   to announce yet), `database_unavailable`
   */
  async take(message: InboundMessage): Promise<InboundAnswer> {
    const { database, context, onTaken, onAnnounced } = this.#parts;
    const sha256 = createHash('sha256').update(message.body).digest('hex');
    try {
      const known = await knownAnswer(database.read, message.id, sha256);
      if (known !== null) return known;
      const ordinals = await this.#find(message);
      const journal = context.newJournal();
      const { answer, taken, announced } = await database.write.transaction().execute(async (trx): Promise<Effects> => {
        const again = await knownAnswer(trx, message.id, sha256);
        if (again !== null) return { answer: again };
        const done = await this.#apply(trx, message, ordinals, journal);
        await this.#remember(trx, { id: message.id, body_sha256: sha256, answer: JSON.stringify(done.answer) });
        return done;
      });
      journal.tell();
      if (taken !== undefined) onTaken(taken);
      if (announced !== undefined) onAnnounced(announced);
      return answer;
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Finds the images of the reports; before the transaction, as it may have to read every address of the request. */
  async #find({ requestId, reports }: InboundMessage): Promise<(number | null)[]> {
    const request = await findRequest(this.#parts.database.read, requestId);
    if (request === undefined) throw new AppError('request_not_found');
    if (reports === null) return [];
    const byUrl = reports.some(({ fileId }) => fileId === null);
    const findUrl = byUrl ? await this.#addresses.open(request) : () => null;
    return reports.map((report) => ordinalOf(report, requestId, findUrl));
  }

  async #apply(
    trx: Trx,
    { requestId, reports }: InboundMessage,
    ordinals: readonly (number | null)[],
    journal: Journal,
  ): Promise<Effects> {
    const request = await findRequest(trx, requestId);
    if (request === undefined) throw new AppError('request_not_found');
    if (reports === null) {
      const announced = await this.#announce(trx, request);
      return { answer: { request_id: requestId, announced: announced.deliveries }, announced };
    }
    const taken = await settleReports(trx, request, reports, ordinals, { ...this.#parts.context, journal });
    const { accepted, ignored } = taken;
    return { answer: { request_id: requestId, accepted, ignored }, taken };
  }

  async #remember(trx: Trx, message: Omit<InboundMessagesTable, 'received_at'>): Promise<void> {
    const now = this.#parts.context.now();
    await insertInboundMessage(trx, { ...message, received_at: now });
    await removeInboundMessages(trx, now - KEEP_MS, REMOVE_AT_ONCE);
  }

  async #announce(trx: Trx, request: RequestRow): Promise<Announced> {
    if (isFinished(request.status) && request.finished_at !== null) return this.#parts.outbox.announce(trx, request);
    throw new AppError('request_running', {
      detail: 'The request is not finished yet; its end is announced by itself when it comes.',
    });
  }
}

/** What a message was answered, or null for a new one. @throws AppError `message_reused` */
const knownAnswer = async (db: Db, id: string, sha256: string): Promise<InboundAnswer | null> => {
  const known = await findInboundMessage(db, id);
  if (known === undefined) return null;
  if (known.body_sha256 !== sha256) throw new AppError('message_reused');
  // Our own JSON, written when the message was taken.
  return JSON.parse(known.answer);
};
