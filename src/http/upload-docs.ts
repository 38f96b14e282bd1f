import { Type } from '@fastify/type-provider-typebox';
import { FORMAT_CHOICES } from '../core/options.ts';
import type { OperationDocs } from './document.ts';
import { EXAMPLE_ID } from './example-ids.ts';
import { EXAMPLE_ACCEPTED } from './request-docs.ts';
import { text, word } from './schema-parts.ts';

const side = (which: string) =>
  Type.Integer({
    minimum: 1,
    maximum: 16_383,
    description: `Largest ${which} in pixels; larger images are shrunk to fit, none is enlarged.`,
  });

/** The options of an upload. `parseOptions` reads them, with its own sentences; a test holds the two together. */
export const UploadOptions = Type.Partial(
  Type.Object({
    webhook_url: text('Address to be told of the end, by a signed POST (Standard Webhooks).', {
      format: 'uri',
      maxLength: 2_048,
      pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]',
    }),
    email: text('Address to be told of the end, with the output CSV.', {
      format: 'email',
      maxLength: 254,
    }),
    start: {
      ...word(['auto', 'manual'], '`manual`: wait for `processRequest`.'),
      default: 'auto',
    },
    target: text('Largest share of the bytes an image may keep: `50%`, `50` or `0.5`.', {
      pattern: '^(?:100|[1-9][0-9]?)%$',
      default: '50%',
    }),
    quality: Type.Integer({
      minimum: 1,
      maximum: 100,
      description: "The encoder's quality, instead of `target`.",
    }),
    format: {
      ...word(FORMAT_CHOICES, 'Format of the compressed images; `auto`: the one that looks best for its bytes.'),
      default: 'same',
    },
    max_width: side('width'),
    max_height: side('height'),
    tolerant: Type.Boolean({
      description:
        'Take what there is of a JPEG, PNG or GIF whose end is missing, instead of refusing it. The `message` of its receipt says so.',
      default: false,
    }),
    on_invalid: {
      ...word(
        ['reject', 'skip'],
        '`reject`: one row that cannot be used, and nothing is stored. `skip`: the good rows are taken, the others stand in the errors CSV.',
      ),
      default: 'reject',
    },
    strict: Type.Boolean({ description: 'One failed image makes the request `FAILED`.', default: false }),
  }),
);

const CSV = `Serial Number,Product Name,Input Image Urls
1,"Mug, blue","https://shop.example/pictures/mug-front.jpg,https://shop.example/pictures/mug-back.jpg"
`;

const BODY: OperationDocs['body'] = {
  description:
    'The CSV: columns `Serial Number`, `Product Name` and `Input Image Urls` in any order, further ones are carried through. At most 100 MB. Either a form with the file and the options as fields, or the file itself with the options in the query (the types application/csv, text/plain, text/tab-separated-values, application/vnd.ms-excel and application/octet-stream count as text/csv).',
  content: {
    'multipart/form-data': {
      schema: Type.Object({
        file: text('The CSV, with a file name.', { contentMediaType: 'text/csv' }),
        ...UploadOptions.properties,
      }),
      examples: {
        form: {
          summary: 'A file and a webhook',
          value: { file: CSV, webhook_url: 'https://shop.example/hooks/halve' },
        },
      },
    },
    'text/csv': {
      schema: text('The CSV.'),
      examples: { csv: { summary: 'A product with two images', value: CSV } },
    },
  },
};

export const UPLOAD: OperationDocs = {
  operationId: 'upload',
  tag: 'Requests',
  summary: 'Bring a CSV',
  description: `Takes a CSV in, checks all of it, and answers at once; the images are worked on afterwards.

    curl -F file=@catalogue.csv -F webhook_url=https://shop.example/hooks/halve http://127.0.0.1:3000/upload
    curl -H 'Content-Type: text/csv' --data-binary @catalogue.csv 'http://127.0.0.1:3000/upload?target=50%25'

Options stand in the query; those of a form may also be its fields, each in one place only. When anything is wrong with the file, all of it is told (the first 100 faults) and nothing is stored.`,
  query: UploadOptions,
  headers: Type.Object({
    'Idempotency-Key': Type.Optional(
      text(
        'A text of yours, new for each upload: the same call with the same key within 24 hours is not done twice but answered again. With another file or other options it is refused. A refused upload does not use it up, and deleting the request frees it.',
        { minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      ),
    ),
    'Content-Disposition': Type.Optional(
      text('Name of the file, for a raw body: `attachment; filename="spring.csv"`.'),
    ),
  }),
  body: BODY,
  answers: {
    202: {
      description: 'It is taken in. `hint` tells when the same file is being worked on already.',
      headers: { Location: 'always', 'Retry-After': 'always', 'Idempotent-Replayed': 'sometimes' },
      example: EXAMPLE_ACCEPTED,
    },
    303: {
      description: `To a browser that asks for a page (\`Accept: text/html\`): to the page of the request, \`/requests/${EXAMPLE_ID}\`.`,
      headers: { Location: 'always', 'Idempotent-Replayed': 'sometimes' },
    },
  },
  problems: [
    'no_file',
    'empty_file',
    'not_a_csv',
    'missing_columns',
    'malformed_request',
    'invalid_option',
    'too_slow',
    'idempotency_key_in_use',
    'file_too_large',
    'too_many_images',
    'unsupported_media_type',
    'invalid_rows',
    'no_rows',
    // Of the first line, without which the rows have no columns.
    'too_many_columns',
    'line_too_long',
    'unclosed_quote',
    'bad_quote',
    'idempotency_key_reused',
    'database_unavailable',
    'storage_full',
  ],
};
