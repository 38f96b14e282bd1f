import { Type } from '@fastify/type-provider-typebox';
import { AppError } from '../core/errors.ts';
import { type LoggedDelivery, loggedDelivery } from '../db/deliveries.ts';
import type { App, HttpEngine, RouteContext } from './app-types.ts';
import { deliveryAnswer } from './delivery-answer.ts';
import type { OperationDocs } from './document.ts';
import { refTo, text } from './schema-parts.ts';
import { Delivery } from './status-schema.ts';

const EXAMPLE = {
  id: 'msg_3f0d2a9c5c5e4c0f9a53b1f7d6a1e2b4',
  kind: 'webhook',
  state: 'PENDING',
  target: 'https://shop.example/hooks/halve',
  created_at: '2026-11-22T10:15:00.000Z',
  next_attempt_at: '2026-11-22T10:20:06.214Z',
  attempts: [
    {
      at: '2026-11-22T10:15:00.120Z',
      result: '503 Service Unavailable',
      ok: false,
      answer_code: 503,
      ms: 81,
      by_hand: false,
    },
  ],
};

const GET_DELIVERY: OperationDocs = {
  operationId: 'getDelivery',
  tag: 'Deliveries',
  summary: 'See what became of a delivery',
  description: 'One webhook or e-mail with the log of all its attempts. The status of a request lists them all.',
  answers: { 200: { description: 'The delivery.', example: EXAMPLE } },
  problems: ['delivery_not_found', 'database_unavailable'],
};

const REPLAY: OperationDocs = {
  operationId: 'replayDelivery',
  tag: 'Deliveries',
  summary: 'Send a delivery again',
  description:
    'Makes one attempt now, with the same id and the current secret, whatever the schedule says and even if it was delivered before. An attempt that succeeds also opens an address again that had answered 410 Gone. Ask for the delivery to see the result.',
  answers: { 202: { description: 'The attempt is queued; this is the delivery as it stands.', example: EXAMPLE } },
  problems: ['delivery_not_found', 'database_unavailable'],
};

/** The delivery log, and replays by hand. */
export const deliveryRoutes = (app: App, { engine }: RouteContext): void => {
  const params = Type.Object({
    delivery_id: text('Id of the delivery, from the `deliveries` of a status.', { examples: [EXAMPLE.id] }),
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/deliveries/:delivery_id',
    config: { docs: GET_DELIVERY },
    schema: { params, response: { 200: refTo(Delivery) } },
    handler: async (request) => deliveryAnswer(await find(engine, request.params.delivery_id)),
  });
  app.post(
    '/deliveries/:delivery_id/replay',
    { config: { docs: REPLAY }, schema: { params, response: { 202: refTo(Delivery) } } },
    async (request, reply) => {
      const { delivery_id } = request.params;
      await engine.requests.replay(delivery_id);
      reply.code(202);
      return deliveryAnswer(await find(engine, delivery_id));
    },
  );
};

const find = async ({ database }: HttpEngine, id: string): Promise<LoggedDelivery> => {
  const found = await loggedDelivery(database.read, id);
  if (found === undefined) throw new AppError('delivery_not_found');
  return found;
};
