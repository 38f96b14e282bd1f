import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dialect } from '../catalogue/dialect.ts';
import type { CatalogueLimits } from '../catalogue/limits.ts';
import { systemCode } from '../core/errors.ts';
import type { Database } from '../db/open-database.ts';
import { failuresByRow, outputsByRow, receipts } from '../db/result-rows.ts';
import type { RequestRow } from '../db/schema.ts';
import { errorsCsv } from '../results/errors-csv.ts';
import { outputCsv } from '../results/output-csv.ts';
import { reportCsv } from '../results/report-csv.ts';
import type { BlobStore } from '../store/blob-store.ts';
import { csvKey, imageFolder } from '../store/keys.ts';
import type { OutputUrl } from './output-url.ts';

export interface ResultFilesParts {
  readonly database: Database;
  readonly store: BlobStore;
  /** Where the uploaded files are kept, as `{request id}.csv`. */
  readonly uploads: string;
  readonly limits: CatalogueLimits;
  readonly outputUrl: OutputUrl;
}

/** Writes and removes the files of a request: output, errors and report CSV beside the images. */
export class ResultFiles {
  readonly #parts: ResultFilesParts;

  constructor(parts: ResultFilesParts) {
    this.#parts = parts;
  }

  /** The kept upload of a request. */
  uploadPath(requestId: string): string {
    return join(this.#parts.uploads, `${requestId}.csv`);
  }

  /** Writes all three files from the database; the same rows give the same bytes. */
  async write(request: RequestRow, signal: AbortSignal): Promise<void> {
    const { database, limits, outputUrl } = this.#parts;
    const { rid, id } = request;
    // Our own JSON, written when the file was taken in.
    const dialect: Dialect = JSON.parse(request.dialect);
    const path = this.uploadPath(id);
    const urlOf = (ordinal: number, file: string): string => outputUrl({ requestId: id, ordinal, file });
    await this.#put(
      csvKey(id, 'output'),
      outputCsv(path, dialect, limits, outputsByRow(database.read, rid, urlOf)),
      signal,
    );
    await this.#put(csvKey(id, 'errors'), errorsCsv(path, dialect, limits, failuresByRow(database.read, rid)), signal);
    await this.#put(csvKey(id, 'report'), reportCsv(dialect, receipts(database.read, rid, urlOf)), signal);
  }

  async remove(requestId: string): Promise<void> {
    await this.#parts.store.remove(imageFolder(requestId));
    for (const kind of ['output', 'errors', 'report'] as const) await this.#parts.store.remove(csvKey(requestId, kind));
    await unlink(this.uploadPath(requestId)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  }

  async #put(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    await this.#parts.store.putStream(key, interruptible(content, signal), { contentType: 'text/csv' });
  }
}

/** Lets other work of the process run between two pieces, and stops at the signal. */
async function* interruptible(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of content) {
    signal.throwIfAborted();
    yield piece;
    await new Promise(setImmediate);
  }
}
