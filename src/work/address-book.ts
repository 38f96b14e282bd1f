import { addressesAfter } from '../db/find-images.ts';
import type { Database } from '../db/open-database.ts';
import type { RequestRow } from '../db/schema.ts';
import { SeenUrls } from '../intake/seen-urls.ts';

/** Addresses read at a time: some ten milliseconds, so that answers to people go out in between. */
const PAGE = 2_000;
/** Requests whose addresses are kept; at a million images each, some 70 MB. */
const MAX_REQUESTS = 4;

/**
 * Finds images by their addresses. An index in the database would have to be paid by every upload; so the addresses of a
 * request, which never change, are read once into a hash table, and only for somebody who names images by address alone.
 */
export class AddressBook {
  readonly #database: Database;
  /** The one used last stands last. */
  readonly #tables = new Map<number, Promise<SeenUrls>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Finds, for an address, the first image that (most probably) has it, by ordinal. Whoever uses it compares the texts. */
  async open({ rid, total_images }: Pick<RequestRow, 'rid' | 'total_images'>): Promise<(url: string) => number | null> {
    const known = this.#tables.get(rid);
    const table = known ?? this.#read(rid, total_images);
    this.#tables.delete(rid);
    this.#tables.set(rid, table);
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > MAX_REQUESTS && oldest !== undefined) this.#tables.delete(oldest);
    try {
      const urls = await table;
      return (url) => urls.find(url);
    } catch (error) {
      if (this.#tables.get(rid) === table) this.#tables.delete(rid);
      throw error;
    }
  }

  async #read(rid: number, images: number): Promise<SeenUrls> {
    const urls = new SeenUrls(images);
    for (let after = 0; ; ) {
      const page = await addressesAfter(this.#database.read, rid, after, PAGE);
      for (const { url, ordinal } of page) urls.add(url, ordinal);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return urls;
      after = last.ordinal;
      await new Promise(setImmediate);
    }
  }
}
