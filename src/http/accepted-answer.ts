import type { Static } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { RequestRow } from '../db/schema.ts';
import type { Links } from './links.ts';
import type { Accepted } from './schemas.ts';
import { POLL_AFTER_S } from './status-routes.ts';

/** `202 Accepted` with the place to ask how it goes (RFC 9110, 15.3.3). */
export const acceptedAnswer = (
  request: RequestRow,
  links: Links,
  reply: FastifyReply,
  hint: string | null = null,
): Static<typeof Accepted> => {
  const statusUrl = links.status(request.id);
  reply.code(202).header('location', statusUrl).header('retry-after', POLL_AFTER_S);
  return {
    request_id: request.id,
    status: request.status,
    total_products: request.total_products,
    total_images: request.total_images,
    status_url: statusUrl,
    hint,
  };
};

/** Tells somebody who sent a file again that the earlier request is the answer. */
export const runningHint = ({ created_at, started_at }: RequestRow): string => {
  const since = new Date(created_at).toISOString();
  const what = started_at === null ? 'is waiting' : 'is being processed';
  return `This very file ${what} already since ${since}; this is that request. To process it a second time, send an Idempotency-Key.`;
};
