/** What `POST /webhook-completed` takes and answers; docs/processor.md tells the story. */
import { Type } from '@fastify/type-provider-typebox';
import { FORMATS } from '../core/options.ts';
import { count, nullableText, text } from './schema-parts.ts';

/** Longer addresses are refused in a CSV as well. */
export const MAX_URL_LENGTH = 2_048;
/** Settling a thousand images takes about a fifth of a second, during which nobody else is answered. */
export const MAX_REPORTS = 1_000;
const MAX_BYTES = 2 ** 40;
/** Largest side of any format taken (GIF). */
const MAX_SIDE = 65_535;

const number = (type: 'integer' | 'number', maximum: number, description: string) =>
  Type.Optional(Type.Unsafe<number | null>({ type: [type, 'null'], minimum: 0, maximum, description }));

export const ReportedImage = Type.Object(
  {
    input_url: text('The address as it stands in the CSV and in the message that asked for the image.', {
      minLength: 1,
      maxLength: 8_192,
    }),
    output_url: Type.Optional(
      nullableText('Where the compressed image can be had; http or https. It is stored, never fetched.', {
        minLength: 1,
        maxLength: MAX_URL_LENGTH,
      }),
    ),
    error: Type.Optional(
      nullableText('Instead of `output_url`: why there is no image, in a sentence for the user.', { minLength: 1 }),
    ),
    file_id: Type.Optional(nullableText('From the message that asked for the image; finds it without a search.')),
    bytes_in: number('integer', MAX_BYTES, 'Bytes of the source.'),
    bytes_out: number('integer', MAX_BYTES, 'Bytes of the compressed image.'),
    format: Type.Optional(nullableText('Format of the compressed image.', { enum: [...FORMATS, null] })),
    width: number('integer', MAX_SIDE, 'Pixels.'),
    height: number('integer', MAX_SIDE, 'Pixels.'),
    quality: number('number', 100, "The encoder's quality."),
  },
  { description: 'The result for one image: `output_url` or `error`, and what else is known of it.' },
);

export const InboundBody = Type.Object(
  {
    type: Type.Optional(
      text('`images.processed` for results, `request.announce` for an announcement; what is meant is clear without.', {
        maxLength: 100,
      }),
    ),
    request_id: text('The request it is about.', { minLength: 1, maxLength: 100 }),
    images: Type.Optional(
      Type.Array(ReportedImage, {
        minItems: 1,
        maxItems: MAX_REPORTS,
        description: 'Results, some or all; without them the end of the request is announced again.',
      }),
    ),
  },
  { description: 'A signed message (Standard Webhooks).' },
);

export const InboundAnswer = Type.Object(
  {
    request_id: text('The request it was about.', { format: 'uuid' }),
    accepted: Type.Optional(count('Results that were taken.')),
    ignored: Type.Optional(
      Type.Array(
        Type.Object({
          input_url: text('Of the image.'),
          reason: text('Why its result changed nothing.', { examples: ['this image is settled already'] }),
        }),
        { description: 'Results that changed nothing.' },
      ),
    ),
    announced: Type.Optional(count('E-mails and webhooks that are now being sent.')),
  },
  {
    $id: 'InboundAnswer',
    description: 'What became of a message: `accepted` and `ignored` for results, `announced` for an announcement.',
  },
);
