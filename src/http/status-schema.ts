/** The status of a request: progress, failures, deliveries and a page of its products (design 2.2). */
import { Type } from '@fastify/type-provider-typebox';
import { ERRORS, type ErrorEntry } from '../core/errors.ts';
import { FORMATS } from '../core/options.ts';
import { IMAGE_STATES, OUTCOMES } from '../core/states.ts';
import { DELIVERY_KINDS, DELIVERY_STATES } from '../db/schema.ts';
import {
  count,
  nullableNumber,
  nullableText,
  nullableTime,
  nullableUrl,
  nullableWord,
  refTo,
  text,
  time,
  word,
} from './schema-parts.ts';
import { next, requestId, requestStatus } from './schemas.ts';

const IMAGE_CODES = Object.entries<ErrorEntry>(ERRORS)
  .filter(([, { scope }]) => scope === 'image')
  .map(([code]) => code);

export const Receipt = Type.Object(
  {
    file_id: text('Id of the compressed image: `GET /image/{file_id}`. Rows with the same address share one.'),
    input_url: text('The address in your CSV.'),
    output_url: nullableUrl('Where the compressed image is; null unless it succeeded.'),
    state: word(IMAGE_STATES, 'Where the image stands.'),
    outcome: nullableWord(
      OUTCOMES,
      '`met`: at most the asked share of the bytes. `visually_lossless`: stopped earlier, as nobody would see more. `floor`: stopped before it would look bad. `kept_original`: could not be made smaller.',
    ),
    code: nullableWord(IMAGE_CODES, 'Why it failed, for programs; docs/errors.md explains each.'),
    message: nullableText(
      'For people: why it failed; or, of one that succeeded, what was lost on the way, such as the missing end of a file.',
    ),
    bytes_in: nullableNumber('Bytes of the source.'),
    bytes_out: nullableNumber('Bytes of the compressed image.'),
    format: nullableWord(FORMATS, 'Format of the compressed image.'),
    width: nullableNumber('Pixels.'),
    height: nullableNumber('Pixels.'),
    quality: nullableNumber("The encoder's quality, 1–100; null where the format has none."),
    score: nullableNumber(
      'Likeness to the source by SSIMULACRA 2.1: 100 the same, 90 visually lossless, 70 high, 50 medium; null where none was measured.',
    ),
    encodes: nullableNumber('How often it was encoded to find the quality.'),
    engine: nullableText('What compressed it.'),
    attempts: count('Tries that came to an end.'),
  },
  { $id: 'Receipt', description: 'What became of one image. Facts that are not known (yet) are null.' },
);

export const Product = Type.Object(
  {
    row: Type.Integer({ minimum: 1, description: 'Number of the row in your CSV, from 1; the header does not count.' }),
    serial_number: text('As in your CSV.'),
    product_name: text('As in your CSV.'),
    input_image_urls: Type.Array(Type.String(), { description: 'Its image addresses, in order.' }),
    output_image_urls: Type.Array(Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'uri' }), {
      description: 'The compressed images, slot by slot; null where there is none (yet).',
    }),
    images: Type.Array(refTo(Receipt), { description: 'A receipt for each slot.' }),
  },
  { $id: 'Product', description: 'One row of your CSV.' },
);

export const Progress = Type.Object(
  {
    total: count('Images.'),
    done: count('Images that succeeded.'),
    failed: count('Images that failed.'),
    percent: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'Succeeded and failed, of all; 100 only at the end.',
    }),
    images_per_second: nullableNumber('Current pace; null when nothing is known.'),
    eta_seconds: nullableNumber('About this long still; null when nothing is known.'),
  },
  { $id: 'Progress', description: 'How far the images are.' },
);

export const Failures = Type.Object(
  {
    code: Type.String({ enum: IMAGE_CODES, description: 'Why, for programs; docs/errors.md explains each.' }),
    count: count('Images that failed so.'),
    message: text('Why, for people.'),
  },
  { $id: 'Failures', description: 'Images that failed for the same reason.' },
);

export const DeliveryAttempt = Type.Object(
  {
    at: time('When.'),
    result: text('What the other side said, or why it could not be asked.'),
    ok: Type.Boolean({ description: 'Did the other side take it?' }),
    answer_code: nullableNumber('HTTP status or SMTP code; null without an answer.'),
    ms: count('How long it took, in milliseconds.'),
    by_hand: Type.Boolean({ description: 'A replay somebody asked for.' }),
  },
  { $id: 'DeliveryAttempt', description: 'One attempt to deliver.' },
);

export const Delivery = Type.Object(
  {
    id: text('Id of the delivery; also the `webhook-id`, the same for every attempt.'),
    kind: word(DELIVERY_KINDS, 'How it is sent.'),
    state: word(DELIVERY_STATES, '`PENDING`: an attempt is to come. `FAILED`: none is, unless you ask for one.'),
    target: text('Address it goes to.'),
    created_at: time('When it was written down.'),
    next_attempt_at: nullableTime('When it is tried next; null when it is not.'),
    attempts: Type.Array(refTo(DeliveryAttempt), { description: 'Every attempt so far, in order.' }),
  },
  { $id: 'Delivery', description: 'A webhook or e-mail that tells the end of a request.' },
);

export const StatusAnswer = Type.Object(
  {
    request_id: requestId(),
    status: requestStatus(),
    paused: nullableText('Why work rests although there is some, such as a storage that cannot be reached; else null.'),
    progress: refTo(Progress),
    bytes_in: count('Bytes of the sources that succeeded.'),
    bytes_out: count('Bytes of their compressed images.'),
    saved_percent: nullableNumber('Saved bytes, of all; null before the first success.'),
    created_at: time('When it was uploaded.'),
    started_at: nullableTime('When work began.'),
    finished_at: nullableTime('When it ended, with its result files; null before.'),
    output_csv: nullableUrl('Your CSV with the new addresses; null until it is finished.'),
    errors_csv: nullableUrl('The rows to correct and upload again; null until it is finished, or when there are none.'),
    error: nullableText('Why the whole request failed, if it did.'),
    failures: Type.Array(refTo(Failures), { description: 'Most frequent first.' }),
    deliveries: Type.Array(refTo(Delivery), { description: 'Webhooks and e-mails, with their log.' }),
    products: Type.Array(refTo(Product), { description: 'A page of the rows, in the order of the file.' }),
    next: next(),
  },
  { $id: 'Status', description: 'What has become of a request.' },
);
