import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import type { Dialect } from '../catalogue/dialect.ts';
import { AppError } from '../core/errors.ts';
import { isRequestId } from '../core/file-id.ts';
import { findRequest } from '../db/requests.ts';
import { excelSafe } from '../results/excel-safe.ts';
import { csvMediaType, downloadName } from '../results/result-file-facts.ts';
import { type CsvKind, csvKey } from '../store/keys.ts';
import type { App, RouteContext } from './app-types.ts';
import { matchesTag } from './entity-tag.ts';
import { GET_CSV_FILE } from './result-docs.ts';
import { CsvFileParams, CsvFileQuery } from './schemas.ts';

const CSV_KINDS: readonly CsvKind[] = ['output', 'errors', 'report'];
const FILE_NAME = /^(.{36})_([a-z]+)\.csv$/s;

/**
 * `GET /csvfile/{request_id}_output.csv` and its siblings, from the moment the request is finished. Open to everybody
 * who knows the id, like the images, so that the link can be handed on.
 */
export const csvFileRoutes = (app: App, { engine }: RouteContext): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/csvfile/:name',
    config: { open: true, docs: GET_CSV_FILE },
    schema: { params: CsvFileParams, querystring: CsvFileQuery },
    handler: async ({ method, params, query, headers }, reply) => {
      const { requestId, kind } = parseName(params.name);
      const request = await findRequest(engine.database.read, requestId);
      if (request === undefined || request.finished_at === null) throw new AppError('file_not_found');
      const safe = ['1', 'true', 'yes', 'on'].includes(query.excel_safe ?? '');
      const blob = await engine.store.open(csvKey(requestId, kind));
      if (blob === null) throw new AppError('file_not_found');
      // A retry writes the file anew, and ends at another time.
      const tag = `"${request.finished_at}-${blob.size}${safe ? '-safe' : ''}"`;
      // Our own JSON, written when the file was taken in.
      const dialect: Dialect = JSON.parse(request.dialect);
      const fileName = downloadName(request, kind);
      reply.headers({ etag: tag, 'cache-control': 'no-cache', 'content-disposition': contentDisposition(fileName) });
      reply.type(csvMediaType(dialect));
      const unchanged = matchesTag(headers['if-none-match'], tag);
      if (!safe) reply.header('content-length', blob.size);
      if (unchanged || method === 'HEAD') {
        await blob.close();
        if (unchanged) reply.code(304).removeHeader('content-length').removeHeader('content-type');
        return reply.send();
      }
      return reply.send(safe ? Readable.from(excelSafe(dialect, blob.stream()), { objectMode: false }) : blob.stream());
    },
  });
};

const parseName = (name: string): { requestId: string; kind: CsvKind } => {
  const [, id = '', word] = FILE_NAME.exec(name) ?? [];
  const requestId = id.toLowerCase();
  const kind = CSV_KINDS.find((one) => one === word);
  if (kind === undefined || !isRequestId(requestId)) throw new AppError('file_not_found');
  return { requestId, kind };
};
