/** Shapes shared by the routes' schemas. They check and coerce what comes in, write what goes out, and document both. */
import { Type } from '@fastify/type-provider-typebox';
import { REQUEST_STATUSES } from '../core/states.ts';
import { EXAMPLE_FILE_ID, EXAMPLE_ID } from './example-ids.ts';
import { count, nullableText, nullableTime, nullableUrl, refTo, text, time, url, word } from './schema-parts.ts';

const id = (description: string, example: string) => text(description, { examples: [example] });
export const requestId = () => text('The id of the request, a UUID.', { format: 'uuid' });
export const requestStatus = () =>
  word(
    REQUEST_STATUSES,
    '`PENDING`: accepted, not started. `PROCESSING`: at work. `COMPLETED`: every image was tried and at least one succeeded. `FAILED`: none succeeded, or `strict` was asked and one failed. `CANCELLED`: stopped by somebody.',
  );
export const next = () => nullableText('`cursor` of the next page; null on the last.', { examples: ['50'] });

export const RequestIdParams = Type.Object({
  request_id: id('Id of the request, from the answer to its upload.', EXAMPLE_ID),
});
export const FileIdParams = Type.Object({
  file_id: id('Id of the image: `file_id` of its receipt.', EXAMPLE_FILE_ID),
});

export const CsvFileParams = Type.Object({
  name: id(
    '`{request_id}_output.csv`, `{request_id}_errors.csv` or `{request_id}_report.csv`.',
    `${EXAMPLE_ID}_output.csv`,
  ),
});
export const CsvFileQuery = Type.Object({
  excel_safe: Type.Optional(text('`1`: cells that a spreadsheet would run as a formula are guarded by an apostrophe.')),
});
export const ProblemParams = Type.Object({ code: id('`code` of a problem document.', 'invalid_rows') });

/** A place in a list: what `next` said, which is the number of the last entry shown. */
const cursor = Type.Optional(text('Where to go on: `next` of the page before.', { pattern: '^[0-9]{1,12}$' }));
const limit = (what: string, fallback: number, maximum: number) =>
  Type.Integer({ minimum: 1, maximum, default: fallback, description: `How many ${what} a page has.` });

export const StatusQuery = Type.Object({
  limit: limit('products', 50, 500),
  cursor,
  // Not as a list of words: the page would take the first one for every call tried out.
  state: Type.Optional(text('`failed`: only the products with a failed image.', { pattern: '^(?:failed|FAILED)$' })),
});

export const ListQuery = Type.Object({
  limit: limit('requests', 50, 200),
  cursor,
  search: Type.Optional(text('Part of a file name or of an id.', { maxLength: 200 })),
  status: Type.Optional(
    text(`Only requests in this status: ${REQUEST_STATUSES.join(', ')}; in any case.`, {
      maxLength: 20,
    }),
  ),
});

export const Accepted = Type.Object(
  {
    request_id: requestId(),
    status: requestStatus(),
    total_products: count('Rows that are taken.'),
    total_images: count('Images in these rows.'),
    status_url: url('Ask here how it goes.'),
    hint: nullableText('Something worth knowing, such as that the same file is being worked on already.'),
  },
  { $id: 'Accepted', description: 'Answer to a call that set work going.' },
);

export const ListedRequest = Type.Object(
  {
    request_id: requestId(),
    status: requestStatus(),
    file_name: nullableText('Name of the uploaded file, when one was given.'),
    total_products: count('Rows.'),
    total_images: count('Images.'),
    done: count('Images that succeeded.'),
    failed: count('Images that failed.'),
    created_at: time('When it was uploaded.'),
    finished_at: nullableTime('When it ended; null before.'),
    status_url: url('Its status.'),
    output_csv: nullableUrl('Your CSV with the new addresses; null until it is finished.'),
  },
  { $id: 'ListedRequest', description: 'One request in a list.' },
);

export const RequestList = Type.Object(
  { requests: Type.Array(refTo(ListedRequest), { description: 'Newest first.' }), next: next() },
  { $id: 'RequestList', description: 'A page of the requests.' },
);
