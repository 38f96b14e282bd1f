import { randomUUID } from 'node:crypto';
import { rename, unlink } from 'node:fs/promises';
import type { CatalogueRow } from '../catalogue/catalogue-row.ts';
import type { CatalogueLimits } from '../catalogue/limits.ts';
import { readRows } from '../catalogue/read-rows.ts';
import { type CatalogueSummary, validateCatalogue } from '../catalogue/validate-catalogue.ts';
import { AppError } from '../core/errors.ts';
import type { RequestOptions } from '../core/options.ts';
import { insertProducts, markDuplicates, type NewProduct } from '../db/images.ts';
import { type Database, databaseError, type Trx } from '../db/open-database.ts';
import { getRequest, insertRequest } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { type Caller, findRepeated, findRepeatedOrTakeKey, type Submitted } from './once.ts';
import { type Repeat, SeenUrls } from './seen-urls.ts';

/** An uploaded file that lies on disk, with what is wanted of it. */
export interface Submission {
  /** Where the bytes are; the file is moved away when it is accepted and left alone when it is not. */
  readonly path: string;
  /** How many; for the log. */
  readonly bytes: number;
  /** Its name at the user's, for lists and links. */
  readonly fileName: string | null;
  /** Recognises the same bytes with the same options; see `spool-upload.ts`. */
  readonly fingerprint: string;
  readonly options: RequestOptions;
}

export interface IntakeContext {
  readonly database: Database;
  readonly limits: CatalogueLimits;
  /** Where the accepted file is kept for the result files. */
  readonly uploadPath: (requestId: string) => string;
  readonly now: () => number;
  /** Queues the first work, in the same transaction. */
  readonly queueFirstWork: (trx: Trx, request: RequestRow) => Promise<void>;
}

/**
 * Takes a catalogue in: all of it or nothing. The file is read twice, first to find every fault without holding anybody
 * up, then into one transaction with request, products, images and the first queue entries.
 * @throws AppError with every fault of the file; then nothing is stored.
 */
export const submitRequest = async (submission: Submission, context: IntakeContext): Promise<RequestRow> => {
  const found = await validate(submission, context);
  return (await store(submission, found, context, { owner: '', claim: async () => null })).request;
};

/**
 * Like {@link submitRequest}, but what this caller sent before is not stored again: the answer is then the request it
 * led to, and the file is left alone. The key is kept in the transaction of the request; a refused file does not use it
 * up.
 * @throws AppError also `idempotency_key_reused`, `idempotency_key_in_use`
 */
export const submitOnce = async (
  submission: Submission,
  caller: Caller,
  context: IntakeContext,
): Promise<Submitted> => {
  const wish = { ...caller, fingerprint: submission.fingerprint, now: context.now() };
  const repeated = await findRepeated(context.database.read, wish);
  if (repeated !== null) return repeated;
  const found = await validate(submission, context);
  return store(submission, found, context, {
    owner: caller.owner,
    claim: (trx, requestId) => findRepeatedOrTakeKey(trx, wish, requestId),
  });
};

const validate = async ({ path, options }: Submission, { limits }: IntakeContext): Promise<CatalogueSummary> => {
  const found = await validateCatalogue(path, limits);
  // Behind an unclosed quote nobody knows which rows there are; skipping "the row" would lose them silently.
  if (found.unreadable) throw invalidRows(found);
  if (found.totalFaults > 0 && options.onInvalid === 'reject') throw invalidRows(found);
  if (found.totalImages === 0) throw found.totalFaults > 0 ? invalidRows(found) : new AppError('no_rows');
  return found;
};

interface StoreFor {
  readonly owner: string;
  /** Asked first in the transaction; another request that is there already is the answer, and nothing is stored. */
  readonly claim: (trx: Trx, requestId: string) => Promise<Submitted | null>;
}

const store = async (
  submission: Submission,
  found: CatalogueSummary,
  context: IntakeContext,
  { owner, claim }: StoreFor,
): Promise<Submitted> => {
  const requestId = randomUUID();
  const kept = context.uploadPath(requestId);
  // Moved before the commit: an accepted request always has its file, and a file without a request is swept at start.
  await rename(submission.path, kept);
  try {
    const submitted = await context.database.write.transaction().execute(async (trx): Promise<Submitted> => {
      const repeated = await claim(trx, requestId);
      if (repeated !== null) return repeated;
      const row = requestRow(submission, found);
      const rid = await insertRequest(trx, { ...row, id: requestId, owner, created_at: context.now() });
      const duplicates = await insertRows(trx, rid, kept, found, context.limits);
      await trx.updateTable('requests').set({ duplicates }).where('rid', '=', rid).execute();
      const request = await getRequest(trx, rid);
      if (request === undefined) throw new AppError('internal_error');
      if (submission.options.start === 'auto') await context.queueFirstWork(trx, request);
      return { request, as: 'new' };
    });
    if (submitted.as !== 'new') await unlink(kept).catch(() => {});
    return submitted;
  } catch (error) {
    await unlink(kept).catch(() => {});
    throw databaseError(error);
  }
};

const requestRow = ({ options, fileName, fingerprint }: Submission, found: CatalogueSummary) =>
  ({
    status: 'PENDING',
    options: JSON.stringify(options),
    dialect: JSON.stringify(found.dialect),
    file_name: fileName,
    fingerprint,
    total_products: found.totalProducts,
    total_images: found.totalImages,
    duplicates: 0,
    faulty_rows: found.faultyRows,
  }) as const;

/** Answers how many images have the URL of an earlier one. */
const insertRows = async (
  trx: Trx,
  rid: number,
  path: string,
  { dialect, totalImages }: CatalogueSummary,
  limits: CatalogueLimits,
): Promise<number> => {
  const seen = new SeenUrls(totalImages);
  let duplicates = 0;
  let nextOrdinal = 1;
  for await (const rows of readRows(path, dialect, limits)) {
    const products: NewProduct[] = [];
    for (const row of rows) {
      if (row.kind !== 'product') continue;
      products.push(toProduct(row, nextOrdinal));
      nextOrdinal += row.urls.length;
    }
    await insertProducts(trx, rid, products);
    duplicates += await markDuplicates(trx, rid, repeatsOf(products, seen));
    // Answers to people go out between two batches of a long file.
    await new Promise(setImmediate);
  }
  return duplicates;
};

const repeatsOf = (products: readonly NewProduct[], seen: SeenUrls): Repeat[] =>
  products
    .flatMap(({ firstOrdinal, urls }) => urls.map((url, i) => seen.add(url, firstOrdinal + i)))
    .filter((repeat) => repeat !== null);

const toProduct = (row: Extract<CatalogueRow, { kind: 'product' }>, firstOrdinal: number): NewProduct => ({
  row: row.row,
  line: row.line,
  serialNumber: row.serialNumber,
  productName: row.productName,
  firstOrdinal,
  urls: row.urls,
});

const invalidRows = (found: Awaited<ReturnType<typeof validateCatalogue>>): AppError => {
  const [first] = found.faults;
  const rows = found.faultyRows === 1 ? '1 row cannot be used' : `${found.faultyRows} rows cannot be used`;
  return new AppError('invalid_rows', {
    detail: `${rows}; nothing was stored.${first === undefined ? '' : ` First: ${first.detail}`}`,
    extras: { total_errors: found.totalFaults, errors: found.faults },
  });
};
