/** The rows of a finished request as streams, in file order, for its result files. Read in pages; memory stays flat. */

import { imagesBetween } from './images.ts';
import type { Db } from './open-database.ts';
import type { ImageRow } from './schema.ts';

/** Rows read at a time: a few milliseconds of work for the database. */
const PAGE = 1_000;

/** Makes the output address of the file of an image; `ordinal` is that of the first image with its URL. */
type UrlOf = (ordinal: number, file: string) => string;

async function* allImages(db: Db, rid: number): AsyncGenerator<ImageRow> {
  for (let after = 0; ; after += PAGE) {
    const images = await imagesBetween(db, rid, after + 1, after + PAGE);
    yield* images;
    if (images.length < PAGE) return;
  }
}

async function* byRow(images: AsyncIterable<ImageRow>): AsyncGenerator<ImageRow[]> {
  let row: ImageRow[] = [];
  for await (const image of images) {
    if (row[0] !== undefined && row[0].row !== image.row) {
      yield row;
      row = [];
    }
    row.push(image);
  }
  if (row.length > 0) yield row;
}

const urlOrNull = (image: ImageRow, urlOf: UrlOf): string | null => {
  if (image.state !== 'COMPLETED') return null;
  // An outside processor keeps its images itself.
  if (image.output_url !== null) return image.output_url;
  return image.file === null ? null : urlOf(image.same_as ?? image.ordinal, image.file);
};

/** For each product row its output addresses, one slot an image; null where it failed. */
export async function* outputsByRow(
  db: Db,
  rid: number,
  urlOf: UrlOf,
): AsyncGenerator<{ row: number; outputs: (string | null)[] }> {
  for await (const images of byRow(allImages(db, rid))) {
    yield { row: images[0]?.row ?? 0, outputs: images.map((image) => urlOrNull(image, urlOf)) };
  }
}

/** For each product row with failures, what failed and why. */
export async function* failuresByRow(
  db: Db,
  rid: number,
): AsyncGenerator<{ row: number; failures: { n: number; url: string; code: string; message: string }[] }> {
  for await (const images of byRow(failedImages(db, rid))) {
    const failures = images.map(({ n, url, code, message }) => ({ n, url, code: code ?? '', message: message ?? '' }));
    yield { row: images[0]?.row ?? 0, failures };
  }
}

async function* failedImages(db: Db, rid: number): AsyncGenerator<ImageRow> {
  for (let after = { row: 0, ordinal: 0 }; ; ) {
    const page = await db
      .selectFrom('images')
      .selectAll()
      .where('rid', '=', rid)
      .where('state', '=', 'FAILED')
      .where((eb) =>
        eb.or([eb('row', '>', after.row), eb.and([eb('row', '=', after.row), eb('ordinal', '>', after.ordinal)])]),
      )
      .orderBy('row')
      .orderBy('ordinal')
      .limit(PAGE)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}

/** One image of the report: its product, its row and its output address. */
export interface ReceiptRow extends ImageRow {
  readonly serial_number: string;
  readonly product_name: string;
  readonly output_url: string | null;
}

/** All images with their products, in file order. */
export async function* receipts(db: Db, rid: number, urlOf: UrlOf): AsyncGenerator<ReceiptRow> {
  for (let after = 0; ; after += PAGE) {
    const page = await db
      .selectFrom('images')
      .innerJoin('products', (join) =>
        join.onRef('products.rid', '=', 'images.rid').onRef('products.row', '=', 'images.row'),
      )
      .selectAll('images')
      .select(['serial_number', 'product_name'])
      .where('images.rid', '=', rid)
      .where('ordinal', '>', after)
      .where('ordinal', '<=', after + PAGE)
      .orderBy('ordinal')
      .execute();
    for (const image of page) yield { ...image, output_url: urlOrNull(image, urlOf) };
    if (page.length < PAGE) return;
  }
}
