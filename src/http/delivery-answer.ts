import type { Static } from '@fastify/type-provider-typebox';
import type { LoggedDelivery } from '../db/deliveries.ts';
import { isoTime, isoTimeOrNull } from './iso-time.ts';
import type { Delivery } from './status-schema.ts';

/** A delivery with its log in the words of the API. */
export const deliveryAnswer = ({ delivery, attempts }: LoggedDelivery): Static<typeof Delivery> => ({
  id: delivery.id,
  kind: delivery.kind,
  state: delivery.state,
  target: delivery.target,
  created_at: isoTime(delivery.created_at),
  next_attempt_at: isoTimeOrNull(delivery.next_try_at),
  attempts: attempts.map(({ at, result, ok, answer_code, ms, by_hand }) => ({
    at: isoTime(at),
    result,
    ok: ok === 1,
    answer_code,
    ms,
    by_hand: by_hand === 1,
  })),
});
