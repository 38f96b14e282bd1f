import { AppError } from '../core/errors.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../core/states.ts';
import { listRequests } from '../db/requests.ts';
import type { RequestRow } from '../db/schema.ts';
import type { OutputLinks } from '../work/output-links.ts';
import { acceptedAnswer } from './accepted-answer.ts';
import type { App, RouteContext } from './app-types.ts';
import { isoTime, isoTimeOrNull } from './iso-time.ts';
import type { Links } from './links.ts';
import { CANCEL_REQUEST, DELETE_REQUEST, LIST_REQUESTS, PROCESS_REQUEST } from './request-docs.ts';
import { requestIdOf } from './request-id.ts';
import { refTo } from './schema-parts.ts';
import { Accepted, ListQuery, RequestIdParams, RequestList } from './schemas.ts';
import { outputCsvUrl } from './status-answer.ts';

/** What people do with requests: start, stop, delete, list. */
export const requestRoutes = (app: App, { engine, links }: RouteContext): void => {
  const action = { params: RequestIdParams, response: { 202: refTo(Accepted) } };
  app.post('/process/:request_id', { config: { docs: PROCESS_REQUEST }, schema: action }, async ({ params }, reply) =>
    acceptedAnswer(await engine.requests.process(requestIdOf(params.request_id)), links, reply),
  );
  app.post('/cancel/:request_id', { config: { docs: CANCEL_REQUEST }, schema: action }, async ({ params }, reply) =>
    acceptedAnswer(await engine.requests.cancel(requestIdOf(params.request_id)), links, reply),
  );
  app.delete(
    '/requests/:request_id',
    { config: { docs: DELETE_REQUEST }, schema: { params: RequestIdParams } },
    async ({ params }, reply) => {
      await engine.requests.remove(requestIdOf(params.request_id));
      return reply.code(204).send();
    },
  );
  app.route({
    method: ['GET', 'HEAD'],
    url: '/requests',
    config: { docs: LIST_REQUESTS },
    schema: { querystring: ListQuery, response: { 200: refTo(RequestList) } },
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
      const requests = await Promise.all(shown.map((request) => listed(request, links, engine.links)));
      return { requests, next };
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

const listed = async (request: RequestRow, links: Links, outputLinks: OutputLinks) => ({
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
  output_csv: await outputCsvUrl(request, outputLinks),
});
