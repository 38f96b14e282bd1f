import { type Static, Type } from '@fastify/type-provider-typebox';
import type { OperationDocs } from './document.ts';
import { EXAMPLE_FILE_ID, EXAMPLE_ID } from './example-ids.ts';
import { type InboundAnswer, InboundBody } from './inbound-schema.ts';
import { text } from './schema-parts.ts';

const RESULTS: Static<typeof InboundBody> = {
  type: 'images.processed',
  request_id: EXAMPLE_ID,
  images: [
    {
      file_id: EXAMPLE_FILE_ID,
      input_url: 'https://shop.example/img/shoe.jpg',
      output_url: 'https://cdn.example/shoe-half.jpg',
      bytes_in: 204_800,
      bytes_out: 98_304,
      format: 'jpeg',
    },
    { input_url: 'https://shop.example/img/hat.jpg', error: 'The picture is damaged.' },
  ],
};

export const WEBHOOK_COMPLETED: OperationDocs = {
  operationId: 'webhookCompleted',
  tag: 'Incoming',
  summary: 'Report results, or have the end announced again',
  description:
    'For an outside image processor: results for images of a request that nobody has settled yet, some or all of them. Without `images`, the end of a finished request is announced again by e-mail and webhook. The raw body is signed by Standard Webhooks with the shared secret; no API key is needed. A message that comes again gets the same answer and changes nothing. Read docs/processor.md.',
  headers: Type.Object({
    'webhook-id': text('Id of the message, the same for every try to send it.', { minLength: 1, maxLength: 256 }),
    'webhook-timestamp': text('When it is sent: seconds since 1970, at most five minutes off.', {
      pattern: '^[0-9]{1,11}$',
    }),
    'webhook-signature': text(
      '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several, parted by spaces.',
    ),
  }),
  body: {
    description: 'At most 1 MB and 1,000 images.',
    content: {
      'application/json': {
        schema: InboundBody,
        examples: {
          results: { summary: 'Results of an outside processor', value: RESULTS },
          announce: {
            summary: 'Announce the end again',
            value: { type: 'request.announce', request_id: EXAMPLE_ID },
          },
        },
      },
    },
  },
  answers: {
    200: {
      description: 'The message was taken, now or before.',
      example: {
        request_id: EXAMPLE_ID,
        accepted: 1,
        ignored: [{ input_url: 'https://shop.example/img/hat.jpg', reason: 'this image is settled already' }],
      } satisfies Static<typeof InboundAnswer>,
    },
  },
  problems: [
    'malformed_request',
    'invalid_signature',
    'request_not_found',
    'too_slow',
    'request_running',
    'message_too_large',
    'unsupported_media_type',
    'message_reused',
    'database_unavailable',
    'storage_full',
  ],
};
