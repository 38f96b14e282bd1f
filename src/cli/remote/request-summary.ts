import type { Status } from '../../client/client.ts';
import { isImageErrorCode } from '../../core/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { ProgressSnapshot } from '../progress-line.ts';
import type { FailedImage, FailureGroup, RunSummary } from '../summary.ts';

/** The status of a request without its products, as event streams send it. */
export type RequestSummary = Omit<Status, 'products' | 'next'>;

/** A request as its server tells it, with the first products that have a failed image. */
export interface RequestReport {
  readonly summary: RequestSummary;
  readonly failed: Status['products'];
}

/** As of `halve run`; a request that is not finished is nothing to complain of. */
export const exitCodeOf = ({ finished_at, status, progress, errors_csv }: RequestSummary): ExitCode => {
  if (finished_at === null) return EXIT.done;
  if (status !== 'COMPLETED' && progress.done === 0) return EXIT.nothingSucceeded;
  return status === 'COMPLETED' && errors_csv === null ? EXIT.done : EXIT.someFailed;
};

export const progressOf = (summary: RequestSummary, note?: string): ProgressSnapshot => {
  const { progress, bytes_in, bytes_out, paused, status } = summary;
  const waiting = status === 'PENDING' ? 'not started yet' : null;
  const said = note ?? paused ?? waiting;
  return {
    total: progress.total,
    done: progress.done,
    failed: progress.failed,
    bytesIn: bytes_in,
    bytesOut: bytes_out,
    imagesPerSecond: progress.images_per_second,
    etaSeconds: progress.eta_seconds,
    ...(said === null ? {} : { note: said }),
  };
};

/** @param perReason images named for each reason at most */
export const runSummaryOf = ({ summary, failed }: RequestReport, perReason: number): RunSummary => {
  const { progress, bytes_in, bytes_out, started_at, finished_at, output_csv, errors_csv } = summary;
  return {
    total: progress.total,
    done: progress.done,
    failed: progress.failed,
    bytesIn: bytes_in,
    bytesOut: bytes_out,
    seconds:
      started_at === null || finished_at === null ? null : (Date.parse(finished_at) - Date.parse(started_at)) / 1_000,
    failures: failureGroups(summary.failures, failed, perReason),
    errorRows: 0,
    files: { outputCsv: output_csv, errorsCsv: errors_csv, reportCsv: null, images: null },
  };
};

export const failureGroups = (
  failures: RequestSummary['failures'],
  products: Status['products'],
  perReason: number,
): FailureGroup[] => {
  const examples = new Map<string, FailedImage[]>();
  for (const { row, serial_number, product_name, images } of products) {
    const place = serial_number === '' ? `row ${row} below the header` : `serial number ${serial_number}`;
    for (const { code, input_url } of images) {
      if (code === null) continue;
      const known = examples.get(code) ?? [];
      if (known.length < perReason) known.push({ place, product: product_name, url: input_url });
      examples.set(code, known);
    }
  }
  return failures.map(({ code, count, message }) => ({
    // A newer server may have reasons this version does not know; its message says what is meant.
    code: isImageErrorCode(code) ? code : 'image_failed',
    count,
    message,
    examples: examples.get(code) ?? [],
  }));
};
