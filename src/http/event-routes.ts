import { AppError } from '../core/errors.ts';
import type { App, RouteContext } from './app-types.ts';
import { WATCH_STATUS, WATCH_WEBHOOKS } from './event-docs.ts';
import { readEventState } from './event-live.ts';
import { finishedId, openingText } from './event-state.ts';
import { commentText, RETRY_MS, STREAM_HEADERS } from './event-stream.ts';
import { requestIdOf } from './request-id.ts';
import { RequestIdParams } from './schemas.ts';

const READING = ['GET', 'HEAD'];

/** `GET /status/{request_id}/events` and `GET /webhook/events`: server-sent events (WHATWG HTML, 9.2). */
export const eventRoutes = (app: App, context: RouteContext): void => {
  statusEventRoute(app, context);
  webhookEventRoute(app, context);
};

const statusEventRoute = (app: App, { engine, live }: RouteContext): void => {
  app.route({
    method: READING,
    url: '/status/:request_id/events',
    config: { docs: WATCH_STATUS },
    schema: { params: RequestIdParams },
    handler: async ({ method, params, headers }, reply) => {
      const requestId = requestIdOf(params.request_id);
      const state = await readEventState(engine, requestId);
      if (state === null) throw new AppError('request_not_found');
      const lastEventId = headers['last-event-id']?.toString();
      // The one answer that makes a browser stop asking.
      if (state.finished && lastEventId === finishedId(state)) return reply.code(204).send();
      if (method === 'HEAD') return reply.headers(STREAM_HEADERS).send();
      const stream = live.streams.open(reply);
      stream.send(openingText(state, lastEventId));
      if (state.finished) stream.end();
      else live.statuses.join(requestId, stream, state);
      return reply;
    },
  });
};

const webhookEventRoute = (app: App, { engine, live }: RouteContext): void => {
  app.route({
    method: READING,
    url: '/webhook/events',
    config: { docs: WATCH_WEBHOOKS },
    handler: async ({ method }, reply) => {
      if (engine.webhookSecrets.length === 0) {
        throw new AppError('not_ready', { detail: 'No webhook secret is set, so there is nothing to listen to.' });
      }
      if (method === 'HEAD') return reply.headers(STREAM_HEADERS).send();
      const stream = live.streams.open(reply);
      stream.send(`retry: ${RETRY_MS}\n${commentText('listening')}`);
      live.announcements.join(stream);
      return reply;
    },
  });
};
