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
import { csvMediaType, downloadName } from '../results/result-file-facts.ts';
import type { BlobStore } from '../store/blob-store.ts';
import { type CsvKind, csvKey, imageFolder } from '../store/keys.ts';
import type { OutputLinks } from './output-links.ts';

export interface ResultFilesParts {
  readonly database: Database;
  readonly store: BlobStore;
  /** Where the uploaded files are kept, as `{request id}.csv`. */
  readonly uploads: string;
  readonly limits: CatalogueLimits;
  readonly links: OutputLinks;
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
    const { database, store, limits, links } = this.#parts;
    const { rid, id } = request;
    // Our own JSON, written when the file was taken in.
    const dialect: Dialect = JSON.parse(request.dialect);
    const path = this.uploadPath(id);
    const urlOf = (ordinal: number, file: string): string => links.image({ requestId: id, ordinal, file });
    const put = async (kind: CsvKind, content: AsyncIterable<Uint8Array>): Promise<void> => {
      const options = { contentType: csvMediaType(dialect), downloadName: downloadName(request, kind) };
      await store.putStream(csvKey(id, kind), interruptible(content, signal), options);
    };
    await put('output', outputCsv(path, dialect, limits, outputsByRow(database.read, rid, urlOf)));
    await put('errors', errorsCsv(path, dialect, limits, failuresByRow(database.read, rid)));
    await put('report', reportCsv(dialect, receipts(database.read, rid, urlOf)));
  }

  async remove(requestId: string): Promise<void> {
    await this.#parts.store.remove(imageFolder(requestId));
    for (const kind of ['output', 'errors', 'report'] as const) await this.#parts.store.remove(csvKey(requestId, kind));
    await unlink(this.uploadPath(requestId)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
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
