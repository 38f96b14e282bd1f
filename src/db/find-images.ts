/** Finds images for those who name them from outside. */
import { sql } from 'kysely';
import type { Db } from './open-database.ts';
import type { ImageRow } from './schema.ts';

/** An image somebody asked for, and the one that is handed out for it: itself, or the first with its URL. */
export interface FoundImage {
  readonly asked: number;
  readonly ordinal: number;
  readonly url: string;
  readonly state: ImageRow['state'];
}

/** The images with these ordinals; those there are not are left out. */
export const findImages = async (db: Db, rid: number, ordinals: readonly number[]): Promise<FoundImage[]> => {
  // SQLite reorders no CROSS JOIN: it must begin with the ordinals and find their images by key, not read the whole
  // request and look through all ordinals for each image.
  const result = await sql<FoundImage>`
    SELECT image.ordinal AS asked, first.ordinal, first.url, first.state
    FROM json_each(${JSON.stringify(ordinals)}) AS asked
    CROSS JOIN images AS image ON image.rid = ${rid} AND image.ordinal = asked.value
    CROSS JOIN images AS first ON first.rid = image.rid AND first.ordinal = coalesce(image.same_as, image.ordinal)`.execute(
    db,
  );
  return result.rows;
};

/** A page of the different addresses of a request, in order, from behind `after`. */
export const addressesAfter = (
  db: Db,
  rid: number,
  after: number,
  limit: number,
): Promise<Pick<ImageRow, 'ordinal' | 'url'>[]> =>
  db
    .selectFrom('images')
    .select(['ordinal', 'url'])
    .where('rid', '=', rid)
    .where('ordinal', '>', after)
    .where('same_as', 'is', null)
    .orderBy('ordinal')
    .limit(limit)
    .execute();
