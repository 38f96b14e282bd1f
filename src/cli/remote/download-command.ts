import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Status } from '../../client/client.ts';
import { AppError } from '../../core/errors.ts';
import { formatCount, formatCounted } from '../../core/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, requestIdOperand } from '../parse-flags.ts';
import { say, TALK_FLAGS, type Talk, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { type Connection, SERVER_FLAG, withServer } from './connection.ts';
import { downloadImages, type ImageDownloads } from './download-images.ts';
import { patiently } from './patiently.ts';
import { saveFile } from './save-file.ts';
import { savedName } from './saved-name.ts';

const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS, out: { type: 'string' }, images: { type: 'boolean' } } as const;

const KINDS = ['output', 'errors', 'report'] as const;

/** Where the result files are now; null: there is none. */
type CsvFiles = Readonly<Record<(typeof KINDS)[number], string | null>>;

/** `halve download REQUEST_ID`: fetches the result files, and with --images the compressed images, into a folder. */
export const downloadCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('download', args, FLAGS);
  const requestId = requestIdOperand('download', positionals);
  const folder = resolve(values.out ?? '.');
  const talk = talkOf(values, terminal);
  return withServer(values, terminal, async (connection) => {
    const status = await connection.client.status(requestId, { limit: 1 });
    requireFinished(status, connection);
    await mkdir(folder, { recursive: true });
    const files = await downloadCsvs(connection, status, folder);
    const images = values.images === true ? await fetchImages(connection, status, folder, talk) : null;
    if (connection.signal.aborted) return EXIT.interrupted;
    writeResult(talk, wordsOf(files, images), factsOf(requestId, files, images));
    if (images === null) say(talk, 'The addresses in the output CSV lead to the images; --images fetches them, too.');
    return images === null || images.failures.length === 0 ? EXIT.done : EXIT.someFailed;
  });
};

const requireFinished = ({ request_id, finished_at, progress }: Status, { command }: Connection): void => {
  if (finished_at !== null) return;
  const { done, failed, total } = progress;
  const detail = `The request is not finished: ${formatCount(done + failed)} of ${formatCounted(total, 'image')} so far. Wait for it with: ${command(`status ${request_id} --watch`)}`;
  throw new AppError('request_running', { detail });
};

/** From the server itself, which knows the user's name of the file, wherever they are kept. */
const downloadCsvs = async (connection: Connection, status: Status, folder: string): Promise<CsvFiles> => {
  const { client, server, signal } = connection;
  const files: Record<keyof CsvFiles, string | null> = { output: null, errors: null, report: null };
  let stem = `${status.request_id}_`;
  for (const kind of KINDS) {
    if (kind === 'errors' && status.errors_csv === null) {
      // One of an earlier download would be taken for this one's.
      await rm(join(folder, `${stem}errors.csv`), { force: true });
      continue;
    }
    const name = await patiently(async () => {
      const file = await client.download(`${server}/csvfile/${status.request_id}_${kind}.csv`);
      const offered = savedName(file.fileName) ?? `${status.request_id}_${kind}.csv`;
      await saveFile(file, join(folder, offered), signal);
      return offered;
    }, signal);
    files[kind] = join(folder, name);
    if (kind === 'output') stem = name.replace(/output\.csv$/, '');
  }
  return files;
};

const fetchImages = async (
  connection: Connection,
  status: Status,
  folder: string,
  talk: Talk,
): Promise<ImageDownloads> => {
  const images = await downloadImages(connection, status, folder, talk);
  if (!connection.signal.aborted) return images;
  talk.terminal.stderr.write('Stopped. The same command fetches what is missing.\n');
  return images;
};

/** Failures named; the same command shows the others in its turn. */
const MAX_LISTED = 10;

const wordsOf = (files: CsvFiles, images: ImageDownloads | null): string => {
  const lines = [
    ...(files.output === null ? [] : [`Output CSV  ${files.output}`]),
    ...(files.errors === null ? [] : [`Errors CSV  ${files.errors}`]),
    ...(files.report === null ? [] : [`Report CSV  ${files.report}`]),
  ];
  if (images !== null) {
    const there = images.kept === 0 ? '' : `, ${formatCount(images.kept)} were there already`;
    lines.push(`Images      ${images.folder} (${formatCount(images.fetched)} fetched${there})`);
    if (images.failures.length > 0) {
      lines.push('', `${formatCounted(images.failures.length, 'image')} could not be fetched:`);
      lines.push(...images.failures.slice(0, MAX_LISTED).map(({ url, why }) => `  ${url}: ${why}`));
      const rest = images.failures.length - MAX_LISTED;
      lines.push(
        ...(rest > 0 ? [`  … and ${formatCount(rest)} more`] : []),
        'The same command fetches what is missing.',
      );
    }
  }
  return `${lines.join('\n')}\n`;
};

const factsOf = (requestId: string, files: CsvFiles, images: ImageDownloads | null): object => ({
  request_id: requestId,
  output_csv: files.output,
  errors_csv: files.errors,
  report_csv: files.report,
  images:
    images === null ? null : { ...images, failures: images.failures.map(({ url, why }) => ({ url, message: why })) },
});
