/** What Halve itself sends: the webhook at the end of a request, as OpenAPI 3.1 tells webhooks. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { ANNOUNCEMENT_TYPES, type AnnouncedStatus, type Announcement } from '../notify/announcement.ts';
import { EXAMPLE_ID, EXAMPLE_URL } from './example-ids.ts';
import { type JsonObject, toDocumentSchema } from './openapi-json.ts';
import { count, nullableNumber, nullableText, nullableUrl, refTo, text, time, url, word } from './schema-parts.ts';
import { requestId } from './schemas.ts';
import { Failures } from './status-schema.ts';

const STATUSES = Object.keys(ANNOUNCEMENT_TYPES) as AnnouncedStatus[];

export const AnnouncementBody = Type.Object(
  {
    type: word(Object.values(ANNOUNCEMENT_TYPES), 'What happened.'),
    timestamp: time('When the request ended.'),
    request_id: requestId(),
    status: word(STATUSES, 'How it ended.'),
    message: text('How it ended, in a sentence for people.'),
    output_csv: url('Your CSV with the new addresses.'),
    errors_csv: nullableUrl('The rows to correct and upload again; null when there are none.'),
    status_url: url('Its status.'),
    page_url: url('The same for people: its page.'),
    error: nullableText('Why the whole request failed, if it did.'),
    file_name: nullableText('Name of the uploaded file, when one was given.'),
    total_rows: count('Rows of the file: products, and rows left out because they could not be read.'),
    total_products: count('Rows that could be read.'),
    total_images: count('Images.'),
    done: count('Images that succeeded.'),
    failed: count('Images that failed.'),
    rows_to_correct: count('Rows a person has to look at.'),
    bytes_in: count('Bytes of the sources that succeeded.'),
    bytes_out: count('Bytes of their compressed images.'),
    saved_percent: nullableNumber('Saved bytes, of all; null when nothing succeeded.'),
    failures: Type.Array(refTo(Failures), { description: 'The most frequent reasons.' }),
  },
  { $id: 'Announcement', description: 'The body of a webhook: how a request ended.' },
);

const EXAMPLE: Announcement & Static<typeof AnnouncementBody> = {
  type: 'request.completed',
  timestamp: '2026-01-02T03:05:01.120Z',
  request_id: EXAMPLE_ID,
  status: 'COMPLETED',
  message: '1 of 2 images done, 1 failed; 482.1 kB became 239.9 kB.',
  output_csv: `${EXAMPLE_URL}/csvfile/${EXAMPLE_ID}_output.csv`,
  errors_csv: `${EXAMPLE_URL}/csvfile/${EXAMPLE_ID}_errors.csv`,
  status_url: `${EXAMPLE_URL}/status/${EXAMPLE_ID}`,
  page_url: `${EXAMPLE_URL}/requests/${EXAMPLE_ID}`,
  error: null,
  file_name: 'spring.csv',
  total_rows: 1,
  total_products: 1,
  total_images: 2,
  done: 1,
  failed: 1,
  rows_to_correct: 1,
  bytes_in: 482_113,
  bytes_out: 239_876,
  saved_percent: 50.2,
  failures: [
    {
      code: 'http_status',
      count: 1,
      message: 'The server answered with an error instead of the image (404: 1).',
    },
  ],
};

const header = (name: string, description: string): JsonObject => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** The `webhooks` of the document. */
export const ANNOUNCEMENTS: JsonObject = {
  requestEnded: {
    post: {
      operationId: 'requestEnded',
      tags: ['Deliveries'],
      summary: 'A request has ended',
      description:
        'Posted to the `webhook_url` of the upload when a request has ended, signed by Standard Webhooks; docs/webhooks.md has code that checks it. It comes at least once, always with the same `webhook-id`.',
      security: [],
      parameters: [
        header('webhook-id', 'Id of the message, the same for every attempt.'),
        header('webhook-timestamp', 'When this attempt was made: seconds since 1970.'),
        header(
          'webhook-signature',
          '`v1,` and a base64 signature; several, parted by spaces, while a secret is replaced.',
        ),
      ],
      requestBody: {
        description: 'How it ended.',
        required: true,
        content: { 'application/json': { schema: toDocumentSchema(refTo(AnnouncementBody)), example: EXAMPLE } },
      },
      responses: {
        '2XX': { description: 'You have it.' },
        '410': { description: 'Do not call this address again.' },
        default: { description: 'It is tried again by the schedule.' },
      },
    },
  },
};
