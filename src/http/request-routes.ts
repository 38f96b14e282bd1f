import { AppError } from '../core/errors.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../core/states.ts';
import { listRequests } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { App, RouteContext } from './app-types.ts';
import type { Links } from './links.ts';
import { requestIdOf } from './request-id.ts';
import { Accepted, ListAnswer, ListQuery, RequestIdParams } from './schemas.ts';
import { isoTime, isoTimeOrNull, outputCsvUrl } from './status-answer.ts';

/** What people do with requests: start, stop, delete, list. */
export const requestRoutes = (app: App, { engine, links }: RouteContext): void => {
  const action = { params: RequestIdParams, response: { 202: Accepted } };
  app.post('/process/:request_id', { schema: action }, async ({ params }, reply) =>
    acceptedAnswer(await engine.requests.process(requestIdOf(params.request_id)), links, reply),
  );
  app.post('/cancel/:request_id', { schema: action }, async ({ params }, reply) =>
    acceptedAnswer(await engine.requests.cancel(requestIdOf(params.request_id)), links, reply),
  );
  app.delete('/requests/:request_id', { schema: { params: RequestIdParams } }, async ({ params }, reply) => {
    await engine.requests.remove(requestIdOf(params.request_id));
    return reply.code(204).send();
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/requests',
    schema: { querystring: ListQuery, response: { 200: ListAnswer } },
    handler: async ({ query }) => {
      const { limit } = query;
      const found = await listRequests(engine.database.read, {
        limit: limit + 1,
        before: query.cursor === undefined ? null : Number(query.cursor),
        search: query.search === undefined || query.search === '' ? null : query.search,
        status: statusOf(query.status),
      });
      const shown = found.slice(0, limit);
      const next = found.length > limit ? String(shown.at(-1)?.rid) : null;
      return { requests: shown.map((request) => listed(request, links)), next };
    },
  });
};

const statusOf = (text: string | undefined): RequestStatus | null => {
  if (text === undefined || text === '') return null;
  const status = REQUEST_STATUSES.find((one) => one === text.toUpperCase());
  if (status !== undefined) return status;
  const detail = `status: expected one of ${REQUEST_STATUSES.join(', ')}, got "${text}".`;
  throw new AppError('invalid_option', { detail, extras: { errors: [{ option: 'status', detail }] } });
};

const listed = (request: RequestRow, links: Links) => ({
  request_id: request.id,
  status: request.status,
  file_name: request.file_name,
  total_products: request.total_products,
  total_images: request.total_images,
  done: request.done,
  failed: request.failed,
  created_at: isoTime(request.created_at),
  finished_at: isoTimeOrNull(request.finished_at),
  status_url: links.status(request.id),
  output_csv: outputCsvUrl(request, links),
});
