/** Images get their end results, and lose failed ones again; as many at once as have the same URL. */
import { sql } from 'kysely';
import type { Trx } from './open-database.ts';
import type { ImageRow } from './schema.ts';

/** Rows changed by one statement at most: some ten milliseconds, in which nobody is answered. */
const SLICE = 2_000;

/** The columns a settled image gets. */
export type Settlement = Pick<
  ImageRow,
  | 'state'
  | 'outcome'
  | 'code'
  | 'message'
  | 'file'
  | 'output_url'
  | 'sha256'
  | 'format'
  | 'width'
  | 'height'
  | 'bytes_in'
  | 'bytes_out'
  | 'quality'
  | 'score'
  | 'encodes'
  | 'engine'
  | 'tries'
>;

/**
 * Writes an image's end result if `claim` is still the current hand-out, and the same on every image with the same
 * URL. Answers how many images were settled; 0 means the result came too late and counts for nothing.
 */
export const settleImage = async (
  trx: Trx,
  image: { readonly rid: number; readonly ordinal: number; readonly claim: number },
  settlement: Settlement,
  withDuplicates: boolean,
): Promise<number> => {
  const result = await trx
    .updateTable('images')
    .set(settlement)
    .where('rid', '=', image.rid)
    .where('ordinal', '=', image.ordinal)
    .where('claim', '=', image.claim)
    .where('state', '=', 'PROCESSING')
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n || !withDuplicates) return Number(result.numUpdatedRows);
  return 1 + (await settleCopies(trx, image, settlement));
};

const settleCopies = async (
  trx: Trx,
  { rid, ordinal }: { readonly rid: number; readonly ordinal: number },
  settlement: Settlement,
): Promise<number> => {
  let settled = 0;
  for (let after = 0; ; ) {
    // Asked for `same_as` itself, an update would look through the whole request: SQLite holds its key for the better
    // index. The same holds for the failed ones below.
    const copies = await trx
      .selectFrom('images')
      .select('ordinal')
      .where('rid', '=', rid)
      .where('same_as', '=', ordinal)
      .where('ordinal', '>', after)
      .orderBy('ordinal')
      .limit(SLICE)
      .execute();
    const last = copies.at(-1)?.ordinal;
    if (last === undefined) return settled;
    settled += await updateImages(trx, rid, copies, { from: 'PENDING', to: settlement });
    if (copies.length < SLICE) return settled;
    after = last;
    // A million copies are settled in one transaction, but readers get their answers in between.
    await new Promise(setImmediate);
  }
};

const updateImages = async (
  trx: Trx,
  rid: number,
  images: readonly { readonly ordinal: number }[],
  { from, to }: { readonly from: ImageRow['state']; readonly to: Partial<ImageRow> },
): Promise<number> => {
  const ordinals = JSON.stringify(images.map(({ ordinal }) => ordinal));
  const result = await trx
    .updateTable('images')
    .set(to)
    .where('rid', '=', rid)
    .where('ordinal', 'in', sql<number>`(SELECT value FROM json_each(${ordinals}))`)
    .where('state', '=', from)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
};

/** Makes all failed images of a request wait again. Answers how many there were. */
export const resetFailed = async (trx: Trx, rid: number): Promise<number> => {
  const to = { state: 'PENDING', outcome: null, code: null, message: null, tries: 0, crashes: 0 } as const;
  for (let reset = 0; ; ) {
    const failed = await trx
      .selectFrom('images')
      .select('ordinal')
      .where('rid', '=', rid)
      .where('state', '=', 'FAILED')
      .limit(SLICE)
      .execute();
    if (failed.length > 0) reset += await updateImages(trx, rid, failed, { from: 'FAILED', to });
    if (failed.length < SLICE) return reset;
    await new Promise(setImmediate);
  }
};
