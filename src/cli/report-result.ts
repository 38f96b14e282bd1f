import type { Dialect } from '../catalogue/dialect.ts';
import { ERRORS, isImageErrorCode } from '../core/errors.ts';
import { failedProductCount, failureCounts, firstFailure } from '../db/failures.ts';
import type { Database } from '../db/open-database.ts';
import type { RequestRow } from '../db/schema.ts';
import type { ExportedFiles } from './export-results.ts';
import { type FailureGroup, type RunSummary, summarise } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { textStyle } from './text-style.ts';

export interface ResultReport {
  readonly database: Database;
  readonly request: RequestRow;
  readonly files: ExportedFiles;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** Tells the end of a run on stdout: words for a person, or one JSON object for a script. */
export const reportResult = async ({ database, request, files, json, terminal }: ResultReport): Promise<void> => {
  const summary = await summaryOf(database, request, files);
  terminal.stdout.write(
    json
      ? `${JSON.stringify(jsonOf(request, summary))}\n`
      : `${summarise(summary, textStyle(terminal.stdout, terminal.environment))}`,
  );
};

const summaryOf = async (database: Database, request: RequestRow, files: ExportedFiles): Promise<RunSummary> => {
  const failedRows = request.failed > 0 ? await failedProductCount(database.read, request.rid) : 0;
  const ended = request.finished_at;
  return {
    total: request.total_images,
    done: request.done,
    failed: request.failed,
    bytesIn: request.bytes_in,
    bytesOut: request.bytes_out,
    seconds: request.started_at === null || ended === null ? null : (ended - request.started_at) / 1_000,
    failures: await failureGroups(database, request),
    errorRows: failedRows + request.faulty_rows,
    files,
  };
};

const failureGroups = async (database: Database, request: RequestRow): Promise<FailureGroup[]> => {
  // Our own JSON, written when the file was taken in.
  const dialect: Dialect = JSON.parse(request.dialect);
  const totals = new Map<string, number>();
  for (const { code, count } of await failureCounts(database.read, request.rid)) {
    totals.set(code, (totals.get(code) ?? 0) + count);
  }
  const groups: FailureGroup[] = [];
  for (const [code, count] of totals) {
    if (!isImageErrorCode(code)) continue;
    const first = await firstFailure(database.read, request.rid, code);
    const row = (first?.row ?? 0) + sheetOffset(dialect);
    const examples = first === undefined ? [] : [{ place: `row ${row}`, product: first.product_name, url: first.url }];
    groups.push({ code, count, message: first?.message ?? ERRORS[code].message, examples });
  }
  return groups;
};

/** Spreadsheets count the header as row 1. */
const sheetOffset = (dialect: Dialect): number => (dialect.hasHeader ? 1 : 0);

const jsonOf = (request: RequestRow, summary: RunSummary) => ({
  request_id: request.id,
  status: request.status,
  total: summary.total,
  done: summary.done,
  failed: summary.failed,
  bytes_in: summary.bytesIn,
  bytes_out: summary.bytesOut,
  seconds: summary.seconds,
  output_csv: summary.files.outputCsv,
  errors_csv: summary.files.errorsCsv,
  report_csv: summary.files.reportCsv,
  images: summary.files.images,
  error: request.error,
  failures: summary.failures.map(({ code, count, message }) => ({ code, count, message })),
});
