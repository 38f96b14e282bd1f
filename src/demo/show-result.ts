import { join } from 'node:path';
import { type FailureGroup, summarise } from '../cli/summary.ts';
import type { Terminal } from '../cli/terminal.ts';
import { textStyle } from '../cli/text-style.ts';
import { isImageErrorCode } from '../core/errors.ts';
import { formatBytes, formatCounted } from '../core/format.ts';
import type { DemoStatus } from './upload-and-watch.ts';

const NEXT = `The addresses in the output CSV work while a service has this folder: HALVE_DATA_DIR=demo-out npm start
Your own catalogue: node bin/halve.mjs run FILE.csv, or npm start for the page and the API at http://127.0.0.1:3000`;

type Receipt = DemoStatus['products'][number]['images'][number];

/** Prints what was saved, by format, what failed and why, and where everything is. */
export const showResult = (
  status: DemoStatus,
  { folder, terminal }: { readonly folder: string; readonly terminal: Terminal },
): void => {
  const { progress, bytes_in, bytes_out, request_id } = status;
  const done = status.products.flatMap(({ images }) => images.filter(({ state }) => state === 'COMPLETED'));
  terminal.stdout.write(`\n${byFormat(done)}\n`);
  const failures = failureGroups(status);
  const summary = summarise(
    {
      total: progress.total,
      done: progress.done,
      failed: progress.failed,
      bytesIn: bytes_in,
      bytesOut: bytes_out,
      seconds: secondsBetween(status.started_at, status.finished_at),
      failures,
      errorRows: status.products.filter(({ images }) => images.some(({ state }) => state === 'FAILED')).length,
      files: {
        outputCsv: join(folder, 'csvfile', `${request_id}_output.csv`),
        errorsCsv: failures.length === 0 ? null : join(folder, 'csvfile', `${request_id}_errors.csv`),
        reportCsv: join(folder, 'csvfile', `${request_id}_report.csv`),
        images: join(folder, 'images', request_id),
      },
    },
    textStyle(terminal.stdout, terminal.environment),
    NEXT,
  );
  terminal.stdout.write(summary);
};

const secondsBetween = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1_000;

const byFormat = (receipts: readonly Receipt[]): string => {
  const formats = [...new Set(receipts.map(({ format }) => format ?? ''))].toSorted();
  const lines = formats.map((format) => {
    const ofFormat = receipts.filter((receipt) => receipt.format === format);
    const bytesIn = ofFormat.reduce((sum, receipt) => sum + (receipt.bytes_in ?? 0), 0);
    const bytesOut = ofFormat.reduce((sum, receipt) => sum + (receipt.bytes_out ?? 0), 0);
    const count = formatCounted(ofFormat.length, 'image').padStart(10);
    const sizes = `${formatBytes(bytesIn)} -> ${formatBytes(bytesOut)}`.padStart(22);
    return `  ${format.padEnd(5)}${count}${sizes}   ${outcomes(ofFormat)}`;
  });
  return `Saved:\n${lines.join('\n')}\n`;
};

/** `12 met, 3 floor`: how the halving went. */
const outcomes = (receipts: readonly Receipt[]): string => {
  const counts = new Map<string, number>();
  for (const { outcome } of receipts) counts.set(outcome ?? '', (counts.get(outcome ?? '') ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
};

const failureGroups = (status: DemoStatus): FailureGroup[] => {
  const groups = new Map<string, FailureGroup>();
  for (const [index, { product_name, images }] of status.products.entries()) {
    for (const { code, message, input_url } of images) {
      if (code === null || !isImageErrorCode(code)) continue;
      const known = groups.get(code);
      // Spreadsheets count the header as row 1.
      const examples = known?.examples ?? [{ place: `row ${index + 2}`, product: product_name, url: input_url }];
      groups.set(code, { code, message: known?.message ?? message ?? '', count: (known?.count ?? 0) + 1, examples });
    }
  }
  return [...groups.values()];
};
