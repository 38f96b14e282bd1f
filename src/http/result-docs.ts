/** What the calls for images and CSV files do. */
import { Type } from '@fastify/type-provider-typebox';
import { FORMATS } from '../core/options.ts';
import type { MediaDocs, OperationDocs } from './document.ts';
import { EXAMPLE_FILE_ID } from './example-ids.ts';
import { text } from './schema-parts.ts';
import { IF_NONE_MATCH } from './status-docs.ts';

/** Bytes: OpenAPI 3.1 says so by the media type alone, without a schema to hold against them. */
const BYTES: MediaDocs = { schema: Type.Unsafe<Uint8Array>({}), examples: {} };
const IMAGES = Object.fromEntries(FORMATS.map((format) => [`image/${format}`, BYTES]));

const IMAGE_FACTS = { ETag: 'always', 'Content-Disposition': 'always', 'Accept-Ranges': 'always' } as const;

export const GET_IMAGE: OperationDocs = {
  operationId: 'getImage',
  tag: 'Results',
  summary: 'A compressed image',
  description:
    'Open to everybody who knows the id, which cannot be guessed; so a shop can embed it. It never changes under its id and may be kept for ever.',
  headers: Type.Object({
    ...IF_NONE_MATCH.properties,
    Range: Type.Optional(text('One range of bytes, such as `bytes=0-999`; the answer is then 206.')),
    'If-Range': Type.Optional(text('`Range` counts only while this is the `ETag`.')),
  }),
  answers: {
    200: { description: 'The image.', headers: IMAGE_FACTS, content: IMAGES },
    206: {
      description: 'The bytes asked for.',
      headers: { ...IMAGE_FACTS, 'Content-Range': 'always' },
      content: IMAGES,
    },
    302: { description: 'An outside processor keeps the image; it is there.', headers: { Location: 'always' } },
    304: { description: 'You have it already.', headers: { ETag: 'always', 'Accept-Ranges': 'always' } },
  },
  problems: ['image_not_found', 'range_not_satisfiable', 'database_unavailable', 'storage_failed'],
};

const CSV = `Serial Number,Product Name,Input Image Urls,Output Image Urls
1,"Mug, blue",https://shop.example/pictures/mug-front.jpg,http://127.0.0.1:3000/image/${EXAMPLE_FILE_ID}
`;

export const GET_CSV_FILE: OperationDocs = {
  operationId: 'getCsvFile',
  tag: 'Results',
  summary: 'A result file',
  description:
    'From the moment the request is finished: `{request_id}_output.csv` is your own file with the column `Output Image Urls`; `_errors.csv` the failed rows with the reason, to be corrected and uploaded again; `_report.csv` one line an image. Open to everybody who knows the id.',
  headers: IF_NONE_MATCH,
  answers: {
    200: {
      description: 'The file, in the encoding and with the separators of the one you uploaded.',
      headers: { ETag: 'always', 'Content-Disposition': 'always' },
      content: {
        'text/csv': {
          schema: Type.String(),
          examples: { output: { summary: 'An output CSV', value: CSV } },
        },
      },
    },
    304: { description: 'You have it already.', headers: { ETag: 'always', 'Content-Disposition': 'always' } },
  },
  problems: ['file_not_found', 'database_unavailable', 'storage_failed'],
};
