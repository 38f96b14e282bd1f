import { Type } from '@fastify/type-provider-typebox';
import type { OperationDocs } from './document.ts';
import { text } from './schema-parts.ts';
import { EXAMPLE_STATUS } from './status-example.ts';

export const IF_NONE_MATCH = Type.Object({
  'If-None-Match': Type.Optional(text('`ETag` of an answer you have; unchanged, you get 304 without a body.')),
});

export const GET_STATUS: OperationDocs = {
  operationId: 'getStatus',
  tag: 'Requests',
  summary: 'How far is it?',
  description:
    'What has become of a request: progress, failures, deliveries, links to the result files, and a page of its products with a receipt for each image. Ask again after `Retry-After` seconds until `finished_at` is set; or follow the events instead.',
  headers: IF_NONE_MATCH,
  answers: {
    200: {
      description: 'The status. `Retry-After` comes as long as it is not finished.',
      headers: { ETag: 'always', 'Retry-After': 'sometimes' },
      example: EXAMPLE_STATUS,
    },
    304: {
      description: 'Nothing has changed since the tag you sent.',
      headers: { ETag: 'always', 'Retry-After': 'sometimes' },
    },
  },
  problems: ['request_not_found', 'invalid_option', 'database_unavailable'],
};
