/** What the OpenAPI document says of the event streams. */
import { Type } from '@fastify/type-provider-typebox';
import type { OperationDocs } from './document.ts';

const EVENTS = Type.String({
  description: 'Server-sent events (WHATWG HTML, 9.2), as long as the connection is open.',
});

export const WATCH_STATUS: OperationDocs = {
  operationId: 'watchStatus',
  tag: 'Requests',
  summary: 'Follow a request as it moves',
  description: `Server-sent events, for \`EventSource\` and for programs that read line by line. First \`snapshot\`, then \`progress\` when something has changed, at most twice a second, at last \`finished\`; then the stream ends. The data of each is the status without \`products\` and \`next\`.

Comments come every 15 s while nothing else does. Every event has an id that names what was shown: come back with it as \`Last-Event-ID\` (browsers do so by themselves) and you are not sent the same again. After \`finished\` the answer is 204, which tells a browser to stop. Where too many streams are open (503), ask \`/status/{request_id}\` instead.`,
  headers: Type.Object({
    'last-event-id': Type.Optional(Type.String({ description: 'Id of the last event you have seen.' })),
  }),
  answers: {
    200: {
      description: 'The stream.',
      content: {
        'text/event-stream': {
          schema: EVENTS,
          examples: {
            progress: {
              summary: 'One event; its data is shortened here',
              value:
                'event: progress\nid: 3nQ0vY0m0d8y0Q2q1oW8xA\ndata: {"request_id":"0f8fad5b-d9cb-469f-a165-70867728950e","status":"PROCESSING"}\n\n',
            },
          },
        },
      },
    },
    204: { description: 'The request is finished, and you have seen that.' },
  },
  problems: ['request_not_found', 'too_many_streams', 'database_unavailable'],
};

export const WATCH_WEBHOOKS: OperationDocs = {
  operationId: 'watchWebhooks',
  tag: 'Deliveries',
  summary: 'Listen to all webhooks',
  description:
    'Server-sent events for developing a receiver on a machine that cannot be reached from outside (`halve webhook listen`): for every request that ends from now on one `announcement`, whose data is `{headers, body}` of the webhook that says so, signed as it would be sent. What ends while nobody listens is not repeated.',
  answers: {
    200: {
      description: 'The stream.',
      content: {
        'text/event-stream': {
          schema: EVENTS,
          examples: {
            announcement: {
              summary: 'One event; the body is shortened here',
              value:
                'event: announcement\nid: msg_5f0c2b1e9a4d4c3f8f6e7d8c9b0a1f2e\ndata: {"headers":{"webhook-id":"msg_5f0c2b1e9a4d4c3f8f6e7d8c9b0a1f2e","webhook-timestamp":"1790000000","webhook-signature":"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},"body":"{\\"type\\":\\"request.completed\\"}"}\n\n',
            },
          },
        },
      },
    },
  },
  problems: ['too_many_streams', 'not_ready'],
};
