/** What one page of a status shows: products with their images. The cost follows the page, never the request. */
import { sql } from 'kysely';
import { failedProductsPage, productsPage } from './images.ts';
import type { Db } from './open-database.ts';
import type { ImageRow, ProductRow } from './schema.ts';

/** Images on one page: some 10 ms of reading and writing, so that an answer never holds up others for long. */
const MAX_IMAGES = 1_000;

export interface StatusPageQuery {
  readonly rid: number;
  /** Only products behind this row. */
  readonly afterRow: number;
  /** Products at most; fewer come when they have very many images. */
  readonly limit: number;
  /** Only products with a failed image. */
  readonly failedOnly: boolean;
}

export interface StatusPage {
  readonly products: readonly { readonly product: ProductRow; readonly images: readonly ImageRow[] }[];
  /** Row of the last product when there are more behind it, or null. */
  readonly next: number | null;
}

/** A page of products with all their images, in file order. */
export const statusPage = async (db: Db, query: StatusPageQuery): Promise<StatusPage> => {
  const { rid, afterRow, limit, failedOnly } = query;
  const read = failedOnly ? failedProductsPage : productsPage;
  const found = await read(db, rid, afterRow, limit + 1);
  const shown = fitting(found.slice(0, limit));
  const images = Map.groupBy(await imagesOf(db, rid, shown), (image) => image.row);
  return {
    products: shown.map((product) => ({ product, images: images.get(product.row) ?? [] })),
    next: shown.length < found.length ? (shown.at(-1)?.row ?? null) : null,
  };
};

/** The first products that have no more images than a page may show; at least one. */
const fitting = (products: readonly ProductRow[]): readonly ProductRow[] => {
  let images = 0;
  const end = products.findIndex((product, index) => {
    images += product.image_count;
    return index > 0 && images > MAX_IMAGES;
  });
  return end === -1 ? products : products.slice(0, end);
};

/** The images of these products. The rows travel as one parameter, so the statement is the same for any number. */
const imagesOf = async (db: Db, rid: number, products: readonly ProductRow[]): Promise<ImageRow[]> => {
  if (products.length === 0) return [];
  const ranges = JSON.stringify(products.map((product) => [product.first_ordinal, product.image_count]));
  const result = await sql<ImageRow>`
    SELECT images.* FROM json_each(${ranges}) AS ranges CROSS JOIN images
    WHERE images.rid = ${rid}
      AND images.ordinal >= ranges.value->>0 AND images.ordinal < (ranges.value->>0) + (ranges.value->>1)
    ORDER BY images.ordinal`.execute(db);
  return result.rows;
};
