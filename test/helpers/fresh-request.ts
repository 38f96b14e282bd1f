import { randomUUID } from 'node:crypto';
import { DEFAULT_OPTIONS, type RequestOptions } from '../../src/core/options.ts';
import { insertProducts, markDuplicates } from '../../src/db/images.ts';
import type { Database } from '../../src/db/open-database.ts';
import { getRequest, insertRequest } from '../../src/db/requests.ts';
import type { RequestRow } from '../../src/db/schema.ts';

/** Stores a request with the given URLs for each product, as intake does, without a file. */
export const freshRequest = async (
  database: Database,
  products: readonly (readonly string[])[],
  options: Partial<RequestOptions> = {},
): Promise<RequestRow> =>
  database.write.transaction().execute(async (trx) => {
    const rid = await insertRequest(trx, {
      id: randomUUID(),
      status: 'PENDING',
      options: JSON.stringify({ ...DEFAULT_OPTIONS, ...options }),
      dialect: '{}',
      file_name: 'shoes.csv',
      fingerprint: randomUUID(),
      total_products: products.length,
      total_images: products.flat().length,
      duplicates: 0,
      faulty_rows: 0,
      created_at: 1_000,
    });
    const firsts = new Map<string, number>();
    let duplicates = 0;
    let firstOrdinal = 1;
    for (const [index, urls] of products.entries()) {
      const row = index + 1;
      const product = { row, line: row + 1, serialNumber: `S${row}`, productName: `Shoe ${row}`, firstOrdinal, urls };
      await insertProducts(trx, rid, [product]);
      for (const [i, url] of urls.entries()) {
        const ordinal = firstOrdinal + i;
        const first = firsts.get(url);
        if (first === undefined) firsts.set(url, ordinal);
        else duplicates += await markDuplicates(trx, rid, [{ ordinal, first }]);
      }
      firstOrdinal += urls.length;
    }
    await trx.updateTable('requests').set({ duplicates }).where('rid', '=', rid).execute();
    const request = await getRequest(trx, rid);
    if (request === undefined) throw new Error('the request just stored is not there');
    return request;
  });
